"""A file to be read: its text by line, its numbers, and faults that name the line."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from dispersion.errors import InputError
from dispersion.library.memory import need

HEAD_BYTES = 1 << 16  # enough to tell formats apart


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
                self.head = file.read(HEAD_BYTES)
        except FileNotFoundError as error:
            raise InputError(f"there is no file '{path}'.") from error
        except IsADirectoryError as error:
            raise InputError(f"'{path}' is a folder; give the files in it.") from error
        except (OSError, ValueError) as error:  # ValueError: a null character in the name
            reason = error.strerror if isinstance(error, OSError) else error
            raise InputError(f"'{path}' cannot be read: {reason}.") from error
        if not self.head.strip():
            raise InputError(f"'{path}' is empty.")

    @cached_property
    def is_text(self) -> bool:
        """Whether the file begins as text does."""
        return b"\0" not in self.head and not self.head.startswith(b"PK\3\4")

    @cached_property
    def first_rows(self) -> list[list[str]]:
        """The cells of the first lines that are not blank, at most three; for telling formats apart."""
        if not self.is_text:
            return []
        lines = self.head.decode("utf-8-sig", errors="replace").splitlines()
        return [cells for line in lines if (cells := split(line))][:3]

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

    def filled(self, start: int = 1, stop: int | None = None) -> list[int]:
        """Numbers of the lines from `start` until before `stop` that are not blank."""
        end = len(self.lines) + 1 if stop is None else stop
        return [k for k in range(start, end) if self.lines[k - 1].strip()]

    def whole_number(self, text: str, line: int, what: str, least: int) -> int:
        """`text` as a whole number of at least `least`."""
        try:
            number = int(text)
        except ValueError as error:
            raise self.fault(f"{what} must be a whole number, got {text!r}", line) from error
        if number < least:
            raise self.fault(f"{what} must be at least {least}, got {number}", line)
        return number

    def table(self, numbers: Sequence[int], width: int | None = None) -> NDArray[np.float64]:
        """The lines `numbers` as rows of finite numbers, shape (len(numbers), width).

        Parameters
        ----------
        numbers : sequence of int
            Lines of the file that are not blank, counted from 1.
        width : int, optional
            How many numbers a line must hold; by default as many as the first.
        """
        if not numbers:
            return np.empty((0, width or 0))
        lines = [self.lines[k - 1] for k in numbers]
        delimited = any(mark in lines[0] for mark in ",;")
        try:
            plain = [" ".join(split(line)) for line in lines] if delimited else lines
            values = np.loadtxt(plain, dtype=np.float64, ndmin=2, comments=None)
        except ValueError as error:
            raise self._unreadable(numbers, width, str(error)) from error
        if values.shape != (len(numbers), values.shape[1] if width is None else width):
            raise self._unreadable(numbers, width, f"its numbers have shape {values.shape}")
        bad = ~np.isfinite(values)
        if bad.any():
            row, column = (int(k) for k in np.argwhere(bad)[0])
            raise self.fault(f"{values[row, column]} is not a finite number", numbers[row])
        return values

    def numbers(self, lines: Sequence[int]) -> NDArray[np.float64]:
        """All finite numbers of the lines `lines`, however they are spread over them, shape (k,)."""
        try:
            values = np.array(" ".join(self.lines[k - 1] for k in lines).split(), dtype=np.float64)
        except ValueError as error:
            raise self._unreadable(lines, None, str(error)) from error
        if not np.isfinite(values).all():
            for k in lines:
                self.table([k])  # raises with the line
        return values

    def _unreadable(self, numbers: Sequence[int], width: int | None, reason: str) -> InputError:
        """The first of the lines `numbers` that is not a row of numbers, as a fault."""
        wanted = width or len(split(self.lines[numbers[0] - 1]))
        for k in numbers:
            cells = split(self.lines[k - 1])
            for cell in cells:
                if not is_number(cell):
                    return self.fault(f"{cell!r} is not a number", k)
            if len(cells) != wanted:
                return self.fault(f"{wanted} numbers are expected, got {len(cells)}", k)
        return self.fault(f"it cannot be read: {reason}", numbers[0])


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
