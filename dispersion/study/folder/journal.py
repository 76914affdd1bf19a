"""An append-only file of checked lines, which several processes may write to and any may die at."""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any

from dispersion.errors import UnavailableError
from dispersion.study.folder.validation import UnfitError, json_object
from dispersion.study.logs import LOG
from dispersion.study.opening import opened

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
    """What a line says; `None` if it is not as it was written, `UnfitError` if no study wrote it."""
    start = len(_CHECK % b"") + _DIGITS
    rest = line[start:]
    if line[:start] != _check(rest):
        return None
    return json_object(b"{" + rest)


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
    """Entries, one a line, in the order in which they were appended.

    A record is on the disk when `append` returns.  A process that is killed while it appends leaves a
    torn line, which costs that record and no other; so does damage to any line.  A writer whose file
    is deleted writes every line that it knows again.

    Parameters
    ----------
    path : Path
        The file; made by the first `append`.
    lock : context manager or None
        Held while the file is written to, by whatever process; `None` only to read.
    check : callable or None
        Raises `UnfitError` for a record that is to be left out; `None` lets every record pass.

    Attributes
    ----------
    warnings : list of str
        A sentence for every line that was damaged, or unfit, and left out.
    lost : bool
        Whether lines that had been written were gone, and had to be written again.
    """

    def __init__(
        self,
        path: Path,
        lock: AbstractContextManager[Any] | None = None,
        check: Callable[[Record], object] | None = None,
    ) -> None:
        self.path = path
        self._check = check
        self.warnings: list[str] = []
        self.lost = False
        self._lock = lock
        self._bytes = self._lines = 0  # read so far
        self._known: dict[bytes, None] = {}  # whole lines, in their order
        self._file: tuple[int, int] | None = None  # which one they stand in,
        self._least = 0  # and how large it is at least

    def append(self, record: Mapping[str, object]) -> None:
        """Write a record down; it will be among the `news` as well.

        Raises
        ------
        UnavailableError
            It cannot be written (a full disk, say); the journal is as it was.
        """
        assert self._lock is not None, "opened to be read"
        try:
            with self._lock, opened(self.path, os.O_RDWR | os.O_APPEND | os.O_CREAT) as file:
                if self._another(file):
                    self._restore(file)
                line = _line(record)
                _mend(file)
                _append(file, line)
                self._known[line] = None
                self._seen(file)
        except OSError as error:
            raise self._unwritable(error) from error

    def check_whole(self) -> None:
        """Write again what has gone from the file since it was written or read.

        Raises
        ------
        UnavailableError
            It cannot be written.
        """
        assert self._lock is not None, "opened to be read"
        if not self._known:
            return
        try:
            with self._lock, opened(self.path, os.O_RDWR | os.O_APPEND | os.O_CREAT) as file:
                self._restore(file)
                self._seen(file)
        except OSError as error:
            raise self._unwritable(error) from error

    def _another(self, file: int) -> bool:
        """Whether this is not the file of before, or no longer all of it."""
        found = os.fstat(file)
        known = self._file not in (None, (found.st_dev, found.st_ino))
        return known or found.st_size < self._least

    def _seen(self, file: int) -> None:
        """Remember the file, and that it can only grow."""
        found = os.fstat(file)
        self._file, self._least = (found.st_dev, found.st_ino), found.st_size

    def _restore(self, file: int) -> None:
        """Append every known line that the file has not, and say so; what it has is read anew."""
        content = os.pread(file, os.fstat(file).st_size, 0)
        there = set(content.splitlines(keepends=True))
        missing = [line for line in self._known if line not in there]
        if missing and not self.lost:
            LOG.error(
                "error: %s was deleted or cut while the study ran; what it said is written again from "
                "memory, and what another process had written last may be missing",
                self.path,
            )
        if missing:
            self.lost = True
            _mend(file)
            for line in missing:
                _append(file, line)
            self._bytes = self._lines = 0

    def _unwritable(self, error: OSError) -> UnavailableError:
        return UnavailableError(
            f"cannot write {self.path}: {error.strerror or error}; lines written before are whole."
        )

    def news(self) -> list[Record]:
        """The records appended since the last call, by this or another process."""
        content = self._unread()
        whole = content[: content.rfind(b"\n") + 1]
        lines, found = whole.splitlines(keepends=True), []
        for number, line in enumerate(lines, self._lines + 1):
            try:
                record = _record(line)
                if record is not None and self._check is not None:
                    self._check(record)
            except UnfitError as error:
                self._warn(number, f"says what no study writes ({error})")
                continue
            if record is None:
                self._warn(number, "is damaged")
                continue
            found.append(record)
            if self._lock is not None:
                self._known[line] = None
        self._bytes += len(whole)  # an interrupted call is as if it had not been
        self._lines += len(lines)
        return found

    def check_end(self) -> None:
        """Warn if the last line was cut short; the next `append` will take it away."""
        rest = self._unread()
        if rest and b"\n" not in rest:  # or it is whole, and was appended since it was read
            self._warn(self._lines + 1, "was cut short")

    def _unread(self) -> bytes:
        try:
            with opened(self.path, os.O_RDONLY) as file:
                if self._another(file):
                    self._bytes = self._lines = 0  # all of it is news
                content = os.pread(file, os.fstat(file).st_size - self._bytes, self._bytes)
                self._seen(file)
                self._least = self._bytes + content.rfind(b"\n") + 1  # a torn end may be taken away
                return content
        except FileNotFoundError:
            return b""

    def _warn(self, line: int, what: str) -> None:
        self.warnings.append(f"line {line} of {self.path} {what}; what it said is lost, and no more.")


def _mend(file: int) -> None:
    """Take away a last line that was cut short; whoever wrote it held the lock, and died."""
    size = os.fstat(file).st_size
    if size and os.pread(file, 1, size - 1) != b"\n":
        os.ftruncate(file, os.pread(file, size, 0).rfind(b"\n") + 1)
