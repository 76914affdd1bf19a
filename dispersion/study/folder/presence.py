"""Who is at work in the folder of a study, so that nobody clears up what another still needs."""

from __future__ import annotations

import platform
import re
import uuid
from contextlib import AbstractContextManager, suppress
from pathlib import Path
from typing import Any

from filelock import FileLock, Timeout

_OPEN = "open-"
_HERE = re.sub(r"[^A-Za-z0-9]+", "-", platform.node())


class Presence:
    """That this process is at work in a folder, for all others to see until it leaves or dies.

    It is a lock of the operating system on a file of its own.

    Parameters
    ----------
    folder : Path
        Where the files of all are; made by the first that enters.
    lock : context manager
        Of the study's folder, held while files come and go.
    """

    def __init__(self, folder: Path, lock: AbstractContextManager[Any]) -> None:
        self._folder, self._lock = folder, lock
        self._name = f"{_OPEN}{_HERE}-{uuid.uuid4().hex}"
        self._mine = FileLock(folder / self._name)

    def enter(self) -> None:
        """Be at work from now on."""
        with self._lock:
            self._folder.mkdir(exist_ok=True)
            self._mine.acquire(blocking=False)

    def alone(self) -> bool:
        """Whether nobody else is at work, on whatever machine; in doubt somebody is."""
        with self._lock:
            for path in self._folder.glob(f"{_OPEN}*"):
                if path.name != self._name and not self._dead(path):
                    return False
        return True

    def leave(self) -> None:
        """Be no longer at work; nothing if this process never was."""
        if not self._mine.is_locked:
            return
        with self._lock, suppress(OSError):  # where a file in use cannot be removed it stays, empty
            (self._folder / self._name).unlink(missing_ok=True)
        self._mine.release()

    def _dead(self, path: Path) -> bool:
        """Whether the process of a file is gone; the file then goes too."""
        other = FileLock(path)
        try:
            other.acquire(blocking=False)
        except (Timeout, OSError):
            return False
        with suppress(OSError):
            path.unlink()
        other.release()
        return True
