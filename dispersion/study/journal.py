"""An append-only file of checked lines, which several processes may write to and any may die at."""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from filelock import FileLock

from dispersion.errors import UnavailableError

Record = dict[str, Any]

_CHECK = b'{"check":"%s",'  # how every line begins: half of the SHA-256 of what follows
_DIGITS = 32


def _check(rest: bytes) -> bytes:
    return _CHECK % hashlib.sha256(rest).hexdigest()[:_DIGITS].encode()


def _line(record: Mapping[str, object]) -> bytes:
    """A record as a line, which is JSON too, with the checksum of its rest in front."""
    rest = json.dumps(record, separators=(",", ":")).encode()[1:] + b"\n"
    return _check(rest) + rest


def _record(line: bytes) -> Record | None:
    """What a line says; `None` if it is not as it was written."""
    start = len(_CHECK % b"") + _DIGITS
    rest = line[start:]
    return dict(json.loads(b"{" + rest)) if line[:start] == _check(rest) else None


def _append(file: int, line: bytes) -> None:
    """Write a line to the disk, the whole of it or nothing."""
    size = os.fstat(file).st_size
    try:
        written = 0
        while written < len(line):
            written += os.write(file, line[written:])
        os.fsync(file)
    except OSError:
        os.ftruncate(file, size)
        raise


class Journal:
    """Records, one a line, in the order in which they were appended.

    A record is on the disk when `append` returns.  A process that is killed while it appends leaves a
    torn line, which costs that record and no other; so does damage to any line.

    Parameters
    ----------
    path : Path
        The file; made by the first `append`.
    lock : FileLock or None
        Held while the file is written to, by whatever process; `None` only to read.

    Attributes
    ----------
    warnings : list of str
        A sentence for every line that was damaged and left out.
    """

    def __init__(self, path: Path, lock: FileLock | None = None) -> None:
        self.path = path
        self.warnings: list[str] = []
        self._lock = lock
        self._bytes = self._lines = 0  # read so far

    def append(self, record: Mapping[str, object]) -> None:
        """Write a record down; it will be among the `news` as well.

        Raises
        ------
        UnavailableError
            It cannot be written (a full disk, say); the journal is as it was.
        """
        assert self._lock is not None, "opened to be read"
        try:
            with self._lock, self.path.open("a+b", buffering=0) as file:
                _mend(file.fileno())
                _append(file.fileno(), _line(record))
        except OSError as error:
            raise UnavailableError(
                f"cannot write {self.path}: {error.strerror or error}; lines written before are whole."
            ) from error

    def news(self) -> list[Record]:
        """The records appended since the last call, by this or another process."""
        content = self._unread()
        whole = content[: content.rfind(b"\n") + 1]
        self._bytes += len(whole)
        found = []
        for line in whole.splitlines(keepends=True):
            self._lines += 1
            record = _record(line)
            if record is None:
                self._warn(self._lines, "is damaged")
            else:
                found.append(record)
        return found

    def check_end(self) -> None:
        """Warn if the last line was cut short; the next `append` will take it away."""
        rest = self._unread()
        if rest and b"\n" not in rest:  # or it is whole, and was appended since it was read
            self._warn(self._lines + 1, "was cut short")

    def _unread(self) -> bytes:
        if not self.path.exists():
            return b""
        with self.path.open("rb") as file:
            file.seek(self._bytes)
            return file.read()

    def _warn(self, line: int, what: str) -> None:
        self.warnings.append(f"line {line} of {self.path} {what}; what it said is lost, and no more.")


def _mend(file: int) -> None:
    """Take away a last line that was cut short; whoever wrote it held the lock, and died."""
    size = os.fstat(file).st_size
    if size and os.pread(file, 1, size - 1) != b"\n":
        os.ftruncate(file, os.pread(file, size, 0).rfind(b"\n") + 1)
