"""Which kind of table a file holds: distances, points, pairs, or none that can be told."""

from __future__ import annotations

from dataclasses import dataclass

from dispersion.arrays.columns import Columns, chosen_columns
from dispersion.library.sheet import Sheet, sheet_of
from dispersion.library.source import DIGITS, Source, is_number

_COORDINATES = {"x", "y", "z", "lat", "lon", "lng", "long", "latitude", "longitude", "dim", "coord"}
_ENDS = {"i", "j", "from", "to", "source", "target", "origin", "destination", "start", "end"}


@dataclass(frozen=True)
class Kind:
    """What a table is taken for.

    Attributes
    ----------
    name : str or None
        The format; `None` if it could be several.
    why : str
        What tells, or what does not.
    sheet : Sheet or None
        The table.
    """

    name: str | None
    why: str
    sheet: Sheet | None = None


def kind_of(source: Source) -> Kind | None:
    """What the table in a file is taken for; `None` if the file holds no table."""
    widths = [len(found) for _, found in source.first_lines]
    if not widths or ":" in source.head_lines[source.first_lines[0][0] - 1]:  # as in TSPLIB
        return None
    if len(widths) == 1 and not (b"," in source.head or b";" in source.head):
        return None
    if counted_matrix(source):
        return Kind("matrix", "its first line is the length of the second")
    if counted_pairs(source):
        return Kind("pairs", f"its first line has {widths[0]} and its second 3 numbers")
    sheet = None if counted_edges(source) else sheet_of(source)
    if sheet is None:
        return None
    if source.told.coordinates:
        return Kind("points", "its coordinates are named", sheet)
    if sheet.names == 2 and sheet.width == 1:
        return Kind("pairs", "a row is two names and a number", sheet)
    if sheet.header is not None:
        return _titled(sheet)
    if sheet.names + sheet.width < 2:
        return None
    if sheet.count == sheet.width:
        return Kind("matrix", f"it has {sheet.count:,} rows and as many columns", sheet)
    source.need(sheet.width)
    return Kind(None, _size(sheet) + _candidates(sheet), sheet)


def counted_matrix(source: Source) -> bool:
    """Whether a file holds a number n, and n rows of n numbers."""
    rows = source.first_lines
    if len(rows) < 2 or len(rows[0][1]) != 1 or not _whole(rows[0][1][0]):
        return False
    n = int(rows[0][1][0])
    if n < 2 or len(rows[1][1]) != n:
        return False
    if n > 3 or source.filled != 4:
        return n != 3
    filled = [found for line in source.head_lines if (found := line.split())][1:4]  # or three pairs
    return all(len(row) == 3 and all(map(is_number, row)) for row in filled) and all(
        float(filled[i][j]) == (float(filled[j][i]) if i != j else 0.0)
        for i in range(3)
        for j in range(3)
    )


def counted_pairs(source: Source) -> bool:
    """Whether a file begins with n, or n and p, and a pair."""
    rows = [found for _, found in source.first_lines]
    if len(rows) < 2 or not all(map(is_number, rows[1])) or b"," in source.head:
        return False
    counts = len(rows[0]) in (1, 2) and rows[0][0].lstrip("+-")[:1].isdecimal()
    return counts and len(rows[1]) == 3


def pairs_titled(sheet: Sheet) -> bool:
    """Whether the columns are two ends and a distance, by their names."""
    titles = [title.lower() for title in sheet.header or ()]
    return sheet.names == 0 and len(titles) == 3 and set(titles[:2]) <= _ENDS


def _whole(text: str) -> bool:
    return text.isascii() and text.isdecimal() and len(text) <= DIGITS


def counted_edges(source: Source) -> str:
    """What makes a file look like a graph of OR-Library: n, edges and p, then an edge a line."""
    if len(source.first_lines) < 2:
        return ""
    (_, top), (_, row) = source.first_lines[:2]
    if not (len(top) == len(row) == 3 and all(map(_whole, top)) and all(map(_whole, row[:2]))):
        return ""
    n, edges, p = map(int, top)
    if not 1 <= p <= n or edges != source.filled - 1 or not all(1 <= int(k) <= n for k in row[:2]):
        return ""
    return f"its first line counts {n:,} points and its other {edges:,} lines"


def _size(sheet: Sheet) -> str:
    return f"a square matrix is needed, got {sheet.count:,} rows of {sheet.width:,} numbers"


def _candidates(sheet: Sheet) -> str:
    pairs = ", if it is a pair and its distance, with --input-format pairs"
    triples = sheet.names + sheet.width == 3
    return "; if a row is a point, say so with --input-format points" + (pairs if triples else "")


def _titled(sheet: Sheet) -> Kind:
    titles = [title.lower().rstrip("0123456789").rstrip("_ ") for title in sheet.header or ()]
    if pairs_titled(sheet):
        return Kind("pairs", "its columns are two ends and a number", sheet)
    if chosen_columns(sheet.titles, Columns(())).on_earth:
        return Kind("points", "it has latitude and longitude", sheet)
    if set(titles) <= _COORDINATES:
        return Kind("points", "its columns are named as coordinates", sheet)
    if sheet.count == sheet.width:
        return Kind("matrix", f"it has {sheet.count:,} rows and as many named columns", sheet)
    if {"x", "y"} <= set(titles) and sheet.count > sheet.width:
        return Kind("points", "it has columns x and y", sheet)
    pairs = sheet.names > 1 or sheet.width == 3 or set(titles[:2]) <= _ENDS
    if sheet.count > sheet.width and not pairs:
        return Kind("points", "it has more rows than named columns", sheet)
    return Kind(None, _size(sheet) + _candidates(sheet), sheet)
