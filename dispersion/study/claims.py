"""Who is solving what, where several processes work on one folder."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path

from filelock import FileLock, Timeout


class Claims:
    """Keys that this process works on; another that asks for one of them is refused.

    A claim is a lock of the operating system on a file named by the key, so a process that is killed
    claims nothing any more.

    Parameters
    ----------
    folder : Path
        Where the files are; made by the first claim.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._held: dict[str, FileLock] = {}

    def take(self, key: str) -> bool:
        """Claim a key; False if it is claimed already, be it by this process."""
        if key in self._held:
            return False
        lock = FileLock(self.folder / key)
        try:
            self.folder.mkdir(exist_ok=True)
            lock.acquire(blocking=False)
        except Timeout:
            return False
        except OSError:  # a full disk: rather solved twice than not at all
            pass
        self._held[key] = lock
        return True

    def release(self, key: str) -> None:
        """Give a key back, after what was found is written down."""
        with suppress(OSError):  # where a file in use cannot be removed it is left behind, empty
            (self.folder / key).unlink()
        self._held.pop(key).release()

    def release_all(self) -> None:
        """Give everything back."""
        for key in list(self._held):
            self.release(key)
