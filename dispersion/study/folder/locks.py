"""Who is solving what, where several processes work on one folder."""

from __future__ import annotations

import platform
import re
import uuid
from contextlib import AbstractContextManager, suppress
from pathlib import Path
from typing import Any

from filelock import FileLock, Timeout

_HERE = "on-" + re.sub(r"[^A-Za-z0-9]+", "-", platform.node()) + "-"


class Locks:
    """Keys that this process works on; another that asks for one of them is refused.

    A claim is a lock of the operating system on a file named by the key, so a process that is killed
    holds no lock any more.  With its first claim a process also locks a file of its own, which tells
    the others on this machine that they are not alone.

    Parameters
    ----------
    folder : Path
        Where the files are; made by the first claim.
    lock : context manager
        Of the study's folder, held while a file is opened and locked, or removed: without it, one might
        lock what another has just removed, while a third makes and locks a new file of that name.
    """

    def __init__(self, folder: Path, lock: AbstractContextManager[Any]) -> None:
        self.folder = folder
        self._lock = lock
        self._held: dict[str, FileLock] = {}
        self._mine = _HERE + uuid.uuid4().hex

    def take(self, key: str) -> bool:
        """Claim a key; False if it is claimed already, be it by this process."""
        if key in self._held:
            return False
        if self._mine not in self._held:
            self._acquire(self._mine)
        return self._acquire(key)

    def release(self, key: str) -> None:
        """Give a key back, after what was found is written down."""
        held = self._held.pop(key)
        if not held.is_locked:  # for want of space or of file handles; the file may be another's
            return
        try:
            with self._lock:
                with suppress(OSError):  # where a file in use cannot be removed it stays, empty
                    (self.folder / key).unlink()
                held.release()
        except OSError:  # nor can the folder be locked any more: the file stays
            held.release()

    def release_all(self) -> None:
        """Give everything back."""
        for key in list(self._held):
            self.release(key)

    def others_here(self) -> bool:
        """Whether other processes on this machine work on the folder; removes files of dead ones."""
        for path in list(self.folder.glob(f"{_HERE}*")):
            if path.name in self._held:
                continue
            if not self._acquire(path.name):
                return True
            self.release(path.name)
        return False

    def _acquire(self, name: str) -> bool:
        lock = FileLock(self.folder / name)
        try:
            with self._lock:
                self.folder.mkdir(exist_ok=True)
                lock.acquire(blocking=False)
        except Timeout:
            return False
        except OSError:  # a full disk: rather solved twice than not at all
            pass
        self._held[name] = lock
        return True
