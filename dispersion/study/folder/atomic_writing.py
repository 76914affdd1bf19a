"""Files of a study's folder: each is whole or not there, whoever writes at the same time."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import Any

from dispersion.errors import UnavailableError
from dispersion.study.opening import FolderLock

PART = ".part-"  #: how the folders begin in which files are made


def save(
    final: Path, write: Callable[[Path], object], lock: AbstractContextManager[Any] | None = None
) -> Path:
    """Let `write` make a file of a study's folder, under its lock; see `write_whole`.

    What killed processes have left there is removed.

    Parameters
    ----------
    final : Path
        In the folder of a study; a file or a link that is there is replaced.
    write : callable
        Writes to the path that it is given.
    lock : context manager or None
        The folder's, if this process has it open already.

    Returns
    -------
    Path
        The same `final`.

    Raises
    ------
    UnavailableError
        It cannot be written (a full disk, say); an earlier version and other files stay as they are.
    """
    with _told(final), lock or FolderLock(final.parent):
        _clear(final.parent)
        return write_whole(final, write)


def write_whole(final: Path, write: Callable[[Path], object]) -> Path:
    """Let `write` make the file `final`, in any folder; it appears only once it is complete.

    It is made in a folder of a name that nobody can guess, which others cannot write to, so that no
    link that somebody has planted is written through.

    Parameters
    ----------
    final : Path
        A file or a link that is there is replaced.
    write : callable
        Writes to the path that it is given.

    Returns
    -------
    Path
        The same `final`.

    Raises
    ------
    UnavailableError
        It cannot be written (a full disk, say); an earlier version stays as it is.
    """
    with _told(final), tempfile.TemporaryDirectory(prefix=PART, dir=final.parent) as scratch:
        part = Path(scratch) / final.name
        write(part)
        os.replace(part, final)
    return final


@contextmanager
def _told(final: Path) -> Iterator[None]:
    """Say in one sentence that a file cannot be written."""
    try:
        yield
    except OSError as error:
        raise UnavailableError(
            f"cannot write {final}: {error.strerror or error}; files written before are whole."
        ) from error


def _clear(folder: Path) -> None:
    """Remove what killed processes left: who holds the lock is the only one that writes."""
    for left in folder.glob(f"{PART}*"):
        if left.is_dir() and not left.is_symlink():
            shutil.rmtree(left, ignore_errors=True)
        else:
            left.unlink(missing_ok=True)
