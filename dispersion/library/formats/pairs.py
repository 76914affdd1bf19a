"""One distance a line, as most families of MDPLIB have them."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from dispersion.library.content import Content
from dispersion.library.formats import file_format
from dispersion.library.source import Source, first_where


def _recognises(source: Source) -> bool:
    widths = [len(cells) for _, cells in source.first_lines]
    return len(widths) > 1 and widths[0] in (1, 2) and widths[1] == 3 and b"," not in source.head


def _header(source: Source) -> tuple[int, int | None, int]:
    """The number of points n, where given how many to choose, and the line after these."""
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
    "pairs", summary="n, or n and p, then 'i j distance' a line for every pair", recognises=_recognises
)
def pairs(source: Source) -> Content:
    """Read distances; every pair must be there, once or twice with one distance.

    MDPLIB (Marti, Gallego, Duarte and Pardo, Journal of Heuristics 19, 2013) writes its families
    GKD, MDG, SOM ("n m" first) and Ran ("n" first) like this.  Its files count points from 0; files
    that count from 1 are told by holding n and no 0.  No metric is claimed.
    """
    n, p, start = _header(source)
    source.need(n)
    rows = source.rows(start, width=3)
    ends, given = _ends(source, rows, n, start), rows[:, 2]
    for bad, fault in (
        (given < 0, "a distance must be >= 0"),
        ((ends[:, 0] == ends[:, 1]) & (given != 0), "the distance of a point to itself must be 0"),
    ):
        k = first_where(bad)
        if k is not None:
            raise source.fault(f"{fault}, got {given[k]:g}", source.line_of(start, k))
    return Content(_matrix(source, n, ends, given, start), p)


def _matrix(
    source: Source, n: int, ends: NDArray[np.int32], given: NDArray[np.float64], start: int
) -> NDArray[np.float64]:
    """The symmetric matrix of the pairs, each of which must be known, and to one distance."""
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
            f"the first of them {i} {j} (counted from 0)"
        )
    return matrix
