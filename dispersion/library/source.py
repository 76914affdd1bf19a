"""A file to be read: its text by line, its numbers, and faults that name the line."""

from __future__ import annotations

import stat
import warnings
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from itertools import islice
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from dispersion.arrays.memory import need, need_bytes
from dispersion.errors import InputError, shown

HEAD_BYTES, HEAD_LINES = 1 << 16, 3  # enough to tell formats apart
LINE_BYTES = 1 << 24  # longer ones are cut, and refused for that
PATH_CHARACTERS = 4096  # longer ones are no paths
DIGITS = 18  # of a whole number that counts something
_PACKED = {  # how files begin that hold others, or text of two bytes a character
    b"\x1f\x8b": "it is compressed; unpack it first (gunzip)",
    b"BZh": "it is compressed; unpack it first (bunzip2)",
    b"\xfd7zXZ": "it is compressed; unpack it first (unxz)",
    b"PK\3\4": "it is a zip archive, as .npz and .xlsx files are; save the matrix alone, with "
    "numpy.save or as csv",
    b"\xff\xfe": "it is text in UTF-16; save it as UTF-8",
    b"\xfe\xff": "it is text in UTF-16; save it as UTF-8",
}


@dataclass(frozen=True, slots=True)
class Told:
    """What the caller says of a file; a format takes some of it, see `Format.takes`.

    Attributes
    ----------
    coordinates : tuple of str
        The columns that are coordinates, by their titles or positions from 0; empty if nothing is said.
    label : str or None
        The column with the names of the points.
    nodes : tuple of str
        The nodes of a graph that may be chosen, by their names; all if it is empty.
    unreachable : str or float
        What is done where nodes of a graph are not joined: "refuse", "largest" or their distance.
    """

    coordinates: tuple[str, ...] = ()
    label: str | None = None
    nodes: tuple[str, ...] = ()
    unreachable: str | float = "refuse"


NOTHING_TOLD = Told()


class Source:
    """A file, opened once; its whole text is read only when its size is known to be bearable.

    Parameters
    ----------
    path : Path
        What to read.
    told : Told
        What the caller says of it.

    Raises
    ------
    InputError
        It is missing, a folder, a pipe, empty, compressed, or may not be read.
    """

    def __init__(self, path: Path, told: Told = NOTHING_TOLD) -> None:
        self.path = path
        self.told = told
        what = f"'{path}'" if len(str(path)) <= PATH_CHARACTERS else shown(str(path))
        try:
            found = path.stat()
            if stat.S_ISREG(found.st_mode):
                self._read_head()
        except FileNotFoundError as error:
            hint = "; standard input is not read, save it in a file first" if str(path) == "-" else ""
            raise InputError(f"there is no file {what}{hint}.") from error
        except (OSError, ValueError) as error:  # ValueError: a null character in the name
            reason = error.strerror if isinstance(error, OSError) else error
            raise InputError(f"{what} cannot be read: {reason}.") from error
        if stat.S_ISDIR(found.st_mode):
            raise InputError(f"{what} is a folder; give the files in it.")
        if not stat.S_ISREG(found.st_mode):
            raise InputError(f"{what} is a pipe or a device; save what it says in a file first.")
        self.bytes = found.st_size
        if not self.head.strip():
            raise InputError(f"'{path}' is empty.")
        for begins, fault in _PACKED.items():
            if self.head.startswith(begins):
                raise self.fault(fault)

    def _read_head(self) -> None:
        with self.path.open("rb") as file:
            self.head = file.read(HEAD_BYTES) + file.readline(LINE_BYTES)  # no line is cut
            for _ in range(HEAD_LINES):  # rows can be long
                if self.is_text and self.head.count(b"\n") < HEAD_LINES:
                    self.head += file.readline(LINE_BYTES)

    @property
    def is_text(self) -> bool:
        """Whether the file begins as text does."""
        return b"\0" not in self.head

    @cached_property
    def head_lines(self) -> list[str]:
        """The lines that the file begins with, the last of them perhaps cut."""
        return _lines(self.head) if self.is_text else []

    @cached_property
    def first_lines(self) -> list[tuple[int, list[str]]]:
        """Number (from 1) and cells of the first lines that are not blank, at most three."""
        filled = ((k, cells) for k, line in enumerate(self.head_lines, 1) if (cells := split(line)))
        return list(islice(filled, HEAD_LINES))

    @cached_property
    def lines(self) -> list[str]:
        """Every line of the file; line k of the file is ``lines[k - 1]``."""
        need_bytes(4 * self.bytes, f"'{self.path}', read line by line,")
        return _lines(self.path.read_bytes())

    @cached_property
    def filled(self) -> int:
        """How many lines are not blank."""
        with self.path.open(encoding="latin-1") as file:  # any bytes, and any ends of line
            return sum(1 for line in file if line.strip())

    def fault(self, text: str, line: int | None = None) -> InputError:
        """An error that names the file and, counted from 1, the line."""
        where = "" if line is None else f", line {line}"
        return InputError(f"'{self.path}'{where}: {text}.")

    def need(self, n: int) -> None:
        """Refuse a file of `n` points that does not fit into memory."""
        need(n, f"'{self.path}'", "; solvers.solve_points takes points without a matrix")

    def whole_number(self, text: str, line: int, what: str, least: int) -> int:
        """`text` as a whole number of at least `least`."""
        digits = text.strip().removeprefix("+").removeprefix("-")
        if not (digits.isascii() and digits.isdecimal()):
            raise self.fault(f"{what} must be a whole number, got {shown(text)}", line)
        if len(digits) > DIGITS:
            raise self.fault(f"{what} is out of all bounds, got {shown(text)}", line)
        number = int(text)
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
        self.check_finite(values, start)
        return values

    def check_finite(self, values: NDArray[np.float64], start: int) -> None:
        """Refuse rows, read from the line `start` on, with a number that is none."""
        if not np.isfinite(values).all():
            row, column = (int(k) for k in np.argwhere(~np.isfinite(values))[0])
            line = self.line_of(start, row)
            raise self.fault(f"{values[row, column]} is not a finite number", line)

    def _loaded(self, start: int, stop: int | None) -> NDArray[np.float64]:
        """What numpy makes of the lines, shape (k, width)."""
        if stop is None and not (b"," in self.head or b";" in self.head):
            with self.path.open(encoding="utf-8-sig", errors="replace") as file:  # not by its name:
                return loaded(islice(file, start - 1, None))  # numpy would unpack a .gz
        end = len(self.lines) + 1 if stop is None else stop
        return loaded(" ".join(split(line)) for line in self.lines[start - 1 : end - 1])

    def numbers(self, start: int, stop: int) -> NDArray[np.float64]:
        """All finite numbers of the lines, however they are spread over them, shape (k,)."""
        text = " ".join(self.lines[start - 1 : stop - 1])
        try:
            if "_" in text or not text.isascii():
                raise ValueError("other characters than those of numbers")
            values = np.fromiter(map(float, split(text)), dtype=np.float64)
        except ValueError as error:
            raise self._unreadable(start, stop, None, str(error), ragged=True) from error
        if not np.isfinite(values).all():
            for k in range(start, stop):
                self.rows(k, k + 1)  # raises with the line
        return values

    def line_of(self, start: int, row: int) -> int:
        """The number of the line that holds `row` of ``rows(start)``."""
        filled = (k for k in range(start, len(self.lines) + 1) if self.lines[k - 1].strip())
        return next(islice(filled, row, None))

    def _unreadable(
        self, start: int, stop: int | None, width: int | None, reason: str, ragged: bool = False
    ) -> InputError:
        """The first of the lines that is not a row of `width` numbers, as a fault."""
        for k, line in enumerate(self.lines[start - 1 : None if stop is None else stop - 1], start):
            cells = split(line)
            for cell in cells:
                if not is_number(cell):
                    return self.fault(f"{shown(cell)} is not a number", k)
            width = width or len(cells)
            if cells and len(cells) != width and not ragged:
                return self.fault(f"{width} numbers are expected, got {len(cells)}", k)
        return self.fault(f"it cannot be read: {shown(reason)}", start)


def loaded(lines: Iterable[str], separator: str | None = None) -> NDArray[np.float64]:
    """Numbers of lines, shape (k, width); `ValueError` if there is anything else."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of no lines at all
        return np.loadtxt(lines, np.float64, ndmin=2, comments=None, delimiter=separator, quotechar='"')


def _lines(content: bytes) -> list[str]:
    """Text by line; UTF-8 or, as comments in old files are, Latin-1."""
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = content.decode("latin-1")
    return text.replace("\r\n", "\n").replace("\r", "\n").split("\n")


def split(line: str) -> list[str]:
    """Cells of a line, parted by blanks, tabs, commas or semicolons."""
    return line.replace(",", " ").replace(";", " ").split()


def is_number(text: str) -> bool:
    """Whether `text` is a number as files have them: Python would also take ``1_000``."""
    try:
        float(text)
    except ValueError:
        return False
    return text.isascii() and "_" not in text


def first_where(bad: NDArray[np.bool_]) -> int | None:
    """Position of the first `True`, or `None`."""
    return int(np.argmax(bad)) if bad.any() else None
