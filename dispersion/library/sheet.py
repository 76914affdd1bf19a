"""A table as text: how its cells are parted, which of them are names, and which are numbers."""

from __future__ import annotations

import csv
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from dispersion.errors import shown
from dispersion.library.source import Source, is_number, loaded

_NUMBERS = ("", "id", "index", "nr", "no", "node", "name", "label", "point", "#")  # of rows


@dataclass(frozen=True)
class Sheet:
    """What the first lines of a table tell.

    Attributes
    ----------
    source : Source
        The file.
    separator : str or None
        What parts cells: a comma, a semicolon, a tab, or blanks (`None`).
    titles : tuple of str
        The names of all columns, if the first line has names; else none.
    first : int
        The line of the first row, counted from 1.
    names : int
        How many cells of a row come before its numbers: names, or a count of the rows.
    width : int
        How many numbers a row has.
    count : int
        How many rows there are.
    """

    source: Source
    separator: str | None
    titles: tuple[str, ...]
    first: int
    names: int
    width: int
    count: int

    @property
    def header(self) -> tuple[str, ...] | None:
        """The names of the columns of numbers, if the first line has names."""
        return self.titles[self.names :] or None

    def rows(self) -> tuple[list[list[str]], NDArray[np.float64]]:
        """The names of every row, and the numbers, shape (count, width).

        Raises
        ------
        InputError
            A cell is empty or no finite number, or a row is too long or too short.
        """
        return self.columns(range(self.names), range(self.names, self.names + self.width))

    def columns(
        self, names: Sequence[int], numbers: Sequence[int]
    ) -> tuple[list[list[str]], NDArray[np.float64]]:
        """Some columns of every row: names, and numbers, shape (count, k); raises as `rows`."""
        decimal_comma, total = self.separator == ";", self.names + self.width
        if self.separator is None and not names and [*numbers] == [*range(total)]:
            return [], self.source.rows(self.first, width=total)
        called, texts = [], []
        for k, line in enumerate(self.source.lines[self.first - 1 :], self.first):
            if not line.strip():
                continue
            row = cells(line, self.separator, total)
            if len(row) != total:
                raise self.source.fault(
                    f"{self.width} numbers are expected, got {len(row) - self.names}", k
                )
            called.append([row[column] for column in names])
            text = "\t".join(row[column] for column in numbers)
            texts.append(text.replace(",", ".") if decimal_comma else text)
        return called, self._numbers(texts, len(numbers))

    def _numbers(self, texts: list[str], width: int) -> NDArray[np.float64]:
        try:
            values = loaded(texts, "\t").reshape(len(texts), width)
        except ValueError as error:
            found = ((k, cell) for k, row in enumerate(texts) for cell in row.split("\t"))
            row, cell = next(((k, cell) for k, cell in found if not is_number(cell)), (0, str(error)))
            what = f"{shown(cell)} is not a number" if cell else "a cell is empty"
            raise self.source.fault(what, self.source.line_of(self.first, row)) from error
        self.source.check_finite(values, self.first)
        return values


def cells(line: str, separator: str | None, count: int = 0) -> list[str]:
    """The cells of a line, without blanks and quotes around them.

    A last separator ends the line, unless the last of `count` cells is empty.
    """
    if separator is None:
        return [cell.strip('"') for cell in line.split()]
    if '"' in line:
        try:
            found = next(csv.reader([line], delimiter=separator, skipinitialspace=True))
        except csv.Error:  # a cell of more than 128 KiB
            found = line.split(separator)
    else:
        found = line.split(separator)
    found = [cell.strip() for cell in found]
    return found[:-1] if len(found) > 2 and not found[-1] and len(found) != count else found


def separator_of(line: str) -> str | None:
    """What parts the cells of a line: a semicolon, a comma, a tab, or blanks (`None`)."""
    for mark in (";", ","):
        if mark in line:
            return mark
    return "\t" if "\t" in line and len(line.split("\t")) != len(line.split()) else None


def sheet_of(source: Source) -> Sheet | None:
    """What the first lines of a file tell of a table; `None` if it holds none."""
    filled = [(k, line) for k, line in enumerate(source.head_lines, 1) if line.strip()][:2]
    if not filled:
        return None
    separator = separator_of(filled[0][1])
    _refuse_mixed(source, filled[0], separator)
    top = cells(filled[0][1], separator)
    below = cells(filled[1][1], separator, len(top)) if len(filled) > 1 else None
    header = top if below is not None and _is_header(top, below) else None
    first = filled[1][0] if header is not None else filled[0][0]
    row = below if header is not None and below is not None else top
    names = _names(header, row)
    width = len(row) - names
    if width < 1 or not any(map(_numeric, row)):
        return None
    if header is not None and len(header) not in (width, len(row)):
        return None
    untitled = len(row) - len(header or ())  # of row names
    titles = () if header is None else ("",) * untitled + tuple(header)
    count = source.filled - (header is not None)
    return Sheet(source, separator, titles, first, names, width, count)


def _refuse_mixed(source: Source, first: tuple[int, str], separator: str | None) -> None:
    """Refuse decimal commas between blanks or tabs: they could be separators as well."""
    parts = [cell.split() for cell in first[1].split(",")] if separator == "," else []
    if any(len(cell) > 1 and all(map(_numeric, cell)) for cell in parts):
        raise source.fault(
            "commas and blanks both stand between its digits; write decimal points, or part the "
            "numbers by semicolons",
            first[0],
        )


def _numeric(cell: str) -> bool:
    """Whether a cell is meant for a number, be it a faulty one."""
    body = cell.lstrip("+-").lower().replace("e-", "e").replace("e+", "e")
    written = body[:1] in "0123456789." and set(body) <= set("0123456789.,_e")
    return bool(body) and (written or is_number(cell))


def _is_header(top: list[str], below: list[str]) -> bool:
    """Whether the first line of a table names its columns: it is made otherwise than the second."""
    leading = _leading(top)
    if top[0] == "":
        return True  # above the names of rows
    if leading == 0 and all(map(_numeric, filter(None, top))):
        return False
    if leading == _leading(below) and all(map(_numeric, top[leading:])):
        return top[0].lower() in _NUMBERS
    return True


def _leading(row: list[str]) -> int:
    """How many cells of a row come before its first number or gap."""
    return next((k for k, cell in enumerate(row) if _numeric(cell) or not cell), len(row))


def _names(header: list[str] | None, row: list[str]) -> int:
    """How many cells of a row are its names."""
    named = _leading(row)
    if header is None or named:
        return named
    counted = len(header) == len(row) and header[0].lower() in _NUMBERS
    return 1 if counted or len(header) == len(row) - 1 else 0
