"""One distance a line, as most families of MDPLIB have them."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from dispersion.library.content import Content
from dispersion.library.formats import file_format, table_of
from dispersion.library.sheet import Sheet, sheet_of
from dispersion.library.source import Source, first_where
from dispersion.library.tables import counted_pairs


def _header(source: Source) -> tuple[int, int | None, int]:
    """The number of points n, where given how many to choose, and the line after these."""
    if not source.first_lines:
        raise source.fault("no row of numbers is found")
    line, cells = source.first_lines[0]
    n = source.whole_number(cells[0], line, "the number of points", 2)
    if len(cells) == 1:
        return n, None, line + 1
    p = source.whole_number(cells[1], line, "the number of points to choose", 2)
    if p > n:
        raise source.fault(f"{p} of {n} points cannot be chosen", line)
    return n, p, line + 1


def _ends(source: Source, rows: NDArray[np.float64], n: int, start: int) -> NDArray[np.int32]:
    """The two ends of every pair, shape (k, 2), counted from 0 whichever way the file counts."""
    ends = rows[:, :2]
    first = 1 if len(ends) and (ends != 0).all() and (ends == n).any() else 0
    astray = first_where(((ends % 1 != 0) | (ends < first) | (ends >= n + first)).any(axis=1))
    if astray is not None:
        i, j = ends[astray]
        raise source.fault(
            f"a pair of two points {first}..{n + first - 1} is expected, got {i:g} {j:g}",
            source.line_of(start, astray),
        )
    return (ends - first).astype(np.int32)


@file_format(
    "pairs",
    summary="n, or n and p, then 'i j distance' a line for every pair; or a table of such lines",
    recognises=table_of("pairs"),
)
def pairs(source: Source) -> Content:
    """Read distances; every pair must be there, once or twice with one distance.

    MDPLIB (Marti, Gallego, Duarte and Pardo, Journal of Heuristics 19, 2013) writes its families
    GKD, MDG, SOM ("n m" first) and Ran ("n" first) like this.  Its files count points from 0; files
    that count from 1 are told by holding n and no 0.  Behind the pairs, as in GKD-d of MDPLIB 2.0, may
    stand the coordinates of the n points, a line each; they are left alone.  No metric is claimed.

    Without n, a table will do whose rows are two names, or two numbers under a title, and a distance;
    points are then numbered as they come or, if their names are whole numbers, by these.
    """
    if not counted_pairs(source):
        sheet = sheet_of(source)
        if sheet is not None and sheet.names in (0, 2) and sheet.names + sheet.width == 3:
            return _named(sheet)
    n, p, start = _header(source)
    source.need(n)
    if source.filled - 1 > n * (n + 1):  # every pair twice, each point with itself, and coordinates
        raise source.fault(f"it has {source.filled - 1:,} lines for the pairs of {n:,} points")
    rows = source.rows(start, _coordinates(source, n, start), width=3)
    if _three_coordinates(rows, n):
        rows = rows[:-n]
    ends, given = _ends(source, rows, n, start), rows[:, 2]
    return Content(_matrix(source, n, ends, given, start), p)


def _three_coordinates(rows: NDArray[np.float64], n: int) -> bool:
    """Whether the last n lines hold three numbers as pairs do, but are none: points in space, say."""
    ends = rows[-n:, :2]
    no_pair = (ends % 1 != 0) | (ends < 0) | (ends > n)
    return len(rows) == n * (n - 1) // 2 + n and bool(no_pair.any())


def _coordinates(source: Source, n: int, start: int) -> int | None:
    """The line where coordinates begin, if such stand behind the pairs."""
    if source.filled - 1 <= n or n * (n - 1) // 2 + n > source.filled - 1:
        return None
    filled = [k for k in range(start, len(source.lines) + 1) if source.lines[k - 1].strip()]
    widths = {len(source.lines[k - 1].split()) for k in filled[-n:]}
    before = len(source.lines[filled[-n - 1] - 1].split())
    return filled[-n] if len(widths) == 1 and widths != {3} and before == 3 else None


def _named(sheet: Sheet) -> Content:
    """Pairs by the names of their ends."""
    names, numbers = sheet.rows()
    if sheet.names != 2:
        names = [[f"{end:g}" for end in row] for row in numbers[:, :2]]
    order = list(dict.fromkeys(name for row in names for name in row))
    if all(name.isdecimal() for name in order):
        order.sort(key=int)
    at = {name: k for k, name in enumerate(order)}
    sheet.source.need(len(order))
    ends = np.array([[at[name] for name in row] for row in names], dtype=np.int32).reshape(-1, 2)
    matrix = _matrix(sheet.source, len(order), ends, numbers[:, -1], sheet.first)
    plain = order == [str(k) for k in range(len(order))]
    return Content(matrix, labels=None if plain else tuple(order))


def _matrix(
    source: Source, n: int, ends: NDArray[np.int32], given: NDArray[np.float64], start: int
) -> NDArray[np.float64]:
    """The symmetric matrix of the pairs, each of which must be known, and to one distance."""
    _check_pairs(source, ends, given, start)
    matrix = np.full((n, n), -1.0)  # not yet known
    low, high = ends.min(axis=1), ends.max(axis=1)
    matrix[low, high] = given  # the last of several stays
    differs = first_where(matrix[low, high] != given)
    if differs is not None:
        last = np.flatnonzero((low == low[differs]) & (high == high[differs]))[-1]
        raise source.fault(
            f"distance {given[last]:g} contradicts line {source.line_of(start, differs)}, "
            f"which says {given[differs]:g} for the same pair",
            source.line_of(start, int(last)),
        )
    matrix[high, low] = given
    np.fill_diagonal(matrix, 0.0)
    missing = np.argwhere(np.triu(matrix < 0))
    if len(missing):
        i, j = missing[0]
        raise source.fault(
            f"it has no distance for {len(missing):,} of its {n * (n - 1) // 2:,} pairs, "
            f"the first of them {i} {j} (counted from 0); edges of a graph are read if the format is "
            "named edges"
        )
    return matrix


def _check_pairs(
    source: Source, ends: NDArray[np.int32], given: NDArray[np.float64], start: int
) -> None:
    for bad, fault in (
        (given < 0, "a distance must be >= 0"),
        ((ends[:, 0] == ends[:, 1]) & (given != 0), "the distance of a point to itself must be 0"),
    ):
        k = first_where(bad)
        if k is not None:
            raise source.fault(f"{fault}, got {given[k]:g}", source.line_of(start, k))
