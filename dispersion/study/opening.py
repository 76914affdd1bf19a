"""Opening files of a folder that others may write to: no link is followed, locks must work."""

from __future__ import annotations

import errno
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import TracebackType

from filelock import FileLock

from dispersion.errors import InputError

LOCK = ".lock"  #: held while anything in the folder is written, by whatever process
_NO_LINK = getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_CLOEXEC", 0)  # not on every system
_NO_LOCKS = (errno.ENOSYS, errno.ENOTSUP, errno.EOPNOTSUPP, errno.ENOLCK, errno.EINVAL)


@contextmanager
def opened(path: Path, flags: int) -> Iterator[int]:
    """Open a file for the block, as `os.open` does, but through no link: that would write elsewhere.

    Raises
    ------
    OSError
        It cannot be opened, or is a link.
    """
    try:
        file = os.open(path, flags | _NO_LINK, 0o666)
    except OSError as error:
        if error.errno == errno.ELOOP:
            raise OSError(errno.ELOOP, "it is a link, which is not followed", str(path)) from error
        raise
    try:
        yield file
    finally:
        os.close(file)


def content_of(path: Path) -> bytes:
    """The bytes of a file of a study, which may be a stranger's.

    Raises
    ------
    OSError
        It cannot be read, or is a link, which could lead to a file of yours.
    """
    with opened(path, os.O_RDONLY) as file, os.fdopen(os.dup(file), "rb") as whole:
        return whole.read()


def refuse_links(folder: Path, names: tuple[str, ...]) -> None:
    """Refuse a folder in which one of these names, of files that are opened to go on, is a link.

    Raises
    ------
    InputError
        One of them is; whoever planted it would decide what file is written to.
    """
    for name in names:
        if (folder / name).is_symlink():
            raise InputError(
                f"{folder / name} is a link, and a study writes through none; remove it, or choose "
                "another folder with --out."
            )


def require_locks(file: Path) -> None:
    """Refuse a file system without locks, where two processes would spoil each other's results.

    Raises
    ------
    InputError
        `file` cannot be locked.
    """
    import fcntl  # not on every system

    with opened(file, os.O_RDWR) as descriptor:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            if error.errno not in _NO_LOCKS:
                raise
            raise InputError(
                f"the file system of {file.parents[1]} has no locks ({error.strerror}), without which "
                "two processes would spoil each other's results; choose a folder of another disk with "
                "--out."
            ) from error


class FolderLock:
    """The lock of a study's folder; a folder that somebody has deleted is made again.

    Parameters
    ----------
    folder : Path
        Of the study.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._lock = FileLock(folder / LOCK)

    def __enter__(self) -> FolderLock:
        try:
            self._lock.acquire()
        except FileNotFoundError:
            self._folder.mkdir(parents=True, exist_ok=True)
            self._lock.acquire()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        where: TracebackType | None,
    ) -> None:
        self._lock.release()
