"""A file to be read: its text by line, its numbers, and faults that name the line."""

from __future__ import annotations

import warnings
from functools import cached_property
from itertools import islice
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from dispersion.errors import InputError
from dispersion.library.memory import need

HEAD_BYTES, HEAD_LINES = 1 << 16, 3  # enough to tell formats apart
LINE_BYTES = 1 << 24  # longer ones are cut, and refused for that


class Source:
    """A file, opened once; its whole text is read only when its size is known to be bearable.

    Parameters
    ----------
    path : Path
        What to read.

    Raises
    ------
    InputError
        It is missing, a folder, empty, or may not be read.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        try:
            with path.open("rb") as file:
                self.head = file.read(HEAD_BYTES) + file.readline(LINE_BYTES)  # no line is cut
                while self.is_text and self.head.count(b"\n") < HEAD_LINES:  # rows can be long
                    more = file.readline(LINE_BYTES)
                    self.head += more
                    if not more:
                        break
        except FileNotFoundError as error:
            raise InputError(f"there is no file '{path}'.") from error
        except IsADirectoryError as error:
            raise InputError(f"'{path}' is a folder; give the files in it.") from error
        except (OSError, ValueError) as error:  # ValueError: a null character in the name
            reason = error.strerror if isinstance(error, OSError) else error
            raise InputError(f"'{path}' cannot be read: {reason}.") from error
        if not self.head.strip():
            raise InputError(f"'{path}' is empty.")

    @property
    def is_text(self) -> bool:
        """Whether the file begins as text does."""
        return b"\0" not in self.head and not self.head.startswith(b"PK\3\4")

    @cached_property
    def first_lines(self) -> list[tuple[int, list[str]]]:
        """Number (from 1) and cells of the first lines that are not blank, at most three."""
        if not self.is_text:
            return []
        lines = self.head.decode("utf-8-sig", errors="replace").splitlines()
        return [(k, cells) for k, line in enumerate(lines, 1) if (cells := split(line))][:3]

    @cached_property
    def lines(self) -> list[str]:
        """Every line of the file; line k of the file is ``lines[k - 1]``."""
        try:
            text = self.path.read_bytes().decode("utf-8-sig")
        except UnicodeDecodeError as error:
            raise self.fault(f"it is not text (byte {error.start})") from error
        return text.splitlines()

    def fault(self, text: str, line: int | None = None) -> InputError:
        """An error that names the file and, counted from 1, the line."""
        where = "" if line is None else f", line {line}"
        return InputError(f"'{self.path}'{where}: {text}.")

    def need(self, n: int) -> None:
        """Refuse a file of `n` points that does not fit into memory."""
        need(n, f"'{self.path}'")

    def whole_number(self, text: str, line: int, what: str, least: int) -> int:
        """`text` as a whole number of at least `least`."""
        try:
            number = int(text)
        except ValueError as error:
            raise self.fault(f"{what} must be a whole number, got {text!r}", line) from error
        if number < least:
            raise self.fault(f"{what} must be at least {least}, got {number}", line)
        return number

    def rows(
        self, start: int, stop: int | None = None, width: int | None = None
    ) -> NDArray[np.float64]:
        """Lines of finite numbers as an array, without the blank lines.

        Parameters
        ----------
        start, stop : int
            The first line, and the line before which to end; to the end of the file by default, which
            is read without keeping its text.
        width : int, optional
            How many numbers a line must hold; by default as many as the first.
        """
        try:
            values = self._loaded(start, stop)
        except ValueError as error:
            raise self._unreadable(start, stop, width, str(error)) from error
        if width is not None and values.shape[1] != width:
            raise self._unreadable(start, stop, width, f"it has {values.shape[1]} numbers a line")
        if not np.isfinite(values).all():
            row, column = (int(k) for k in np.argwhere(~np.isfinite(values))[0])
            line = self.line_of(start, row)
            raise self.fault(f"{values[row, column]} is not a finite number", line)
        return values

    def _loaded(self, start: int, stop: int | None) -> NDArray[np.float64]:
        """What numpy makes of the lines, shape (k, width)."""
        if stop is None and not (b"," in self.head or b";" in self.head):
            text: Path | list[str] = self.path
            skipped = start - 1
        else:
            end = len(self.lines) + 1 if stop is None else stop
            text, skipped = [" ".join(split(line)) for line in self.lines[start - 1 : end - 1]], 0
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of no lines at all
            return np.loadtxt(
                text, np.float64, ndmin=2, comments=None, skiprows=skipped, encoding="utf-8-sig"
            )

    def numbers(self, start: int, stop: int) -> NDArray[np.float64]:
        """All finite numbers of the lines, however they are spread over them, shape (k,)."""
        try:
            values = np.array(" ".join(self.lines[start - 1 : stop - 1]).split(), dtype=np.float64)
        except ValueError as error:
            raise self._unreadable(start, stop, None, str(error)) from error
        if not np.isfinite(values).all():
            for k in range(start, stop):
                self.rows(k, k + 1)  # raises with the line
        return values

    def line_of(self, start: int, row: int) -> int:
        """The number of the line that holds `row` of ``rows(start)``."""
        filled = (k for k in range(start, len(self.lines) + 1) if self.lines[k - 1].strip())
        return next(islice(filled, row, None))

    def _unreadable(self, start: int, stop: int | None, width: int | None, reason: str) -> InputError:
        """The first of the lines that is not a row of `width` numbers, as a fault."""
        for k, line in enumerate(self.lines[start - 1 : None if stop is None else stop - 1], start):
            cells = split(line)
            for cell in cells:
                if not is_number(cell):
                    return self.fault(f"{cell!r} is not a number", k)
            width = width or len(cells)
            if cells and len(cells) != width:
                return self.fault(f"{width} numbers are expected, got {len(cells)}", k)
        return self.fault(f"it cannot be read: {reason}", start)


def split(line: str) -> list[str]:
    """Cells of a line, parted by blanks, tabs, commas or semicolons."""
    return line.replace(",", " ").replace(";", " ").split()


def is_number(text: str) -> bool:
    """Whether Python reads `text` as a number."""
    try:
        float(text)
    except ValueError:
        return False
    return True


def first_where(bad: NDArray[np.bool_]) -> int | None:
    """Position of the first `True`, or `None`."""
    return int(np.argmax(bad)) if bad.any() else None
