"""Coordinates as the family Geo of MDPLIB has them."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from dispersion.library.content import Content
from dispersion.library.formats import file_format
from dispersion.library.source import Source, first_where, is_number


def numbered_points(
    source: Source, n: int, dimensions: int, start: int, stop: int | None = None
) -> NDArray[np.float64]:
    """`n` points from the line `start` on, behind their numbers, from 0 or 1, and in that order."""
    if stop is None and source.filled - 2 > n:
        raise source.fault(f"it promises {n} points and holds {source.filled - 2}")
    rows = source.rows(start, stop, 1 + dimensions)
    order = np.argsort(rows[:, 0], kind="stable")
    first = 1.0 if len(rows) and rows[:, 0].min() == 1 else 0.0
    astray = first_where(rows[order, 0] != np.arange(first, first + len(rows)))
    if astray is not None:
        raise source.fault(
            f"it holds point {rows[order[astray], 0]:g} where point {astray + first:g} is due",
            source.line_of(start, int(order[astray])),
        )
    if len(rows) != n:
        raise source.fault(f"it promises {n} points and holds {len(rows)}")
    return rows[order, 1:]


def _recognises(source: Source) -> str:
    rows = [found for _, found in source.first_lines]
    widths = [len(found) for found in rows]
    counts = widths[:2] == [1, 1] and is_number(rows[1][0])
    points = len(rows) < 3 or widths[2] >= 2
    return "its first two lines hold one number each" if counts and points else ""


@file_format(
    "geo", summary="n, the number of coordinates, then 'i x1 x2 ...' a line", recognises=_recognises
)
def geo(source: Source) -> Content:
    """Read points; their distances are Euclidean, and p is not in the file.

    The form is that of the files of Resende, Marti, Gallego and Duarte (Computers & Operations Research
    37(3), 2010): n, the number of coordinates d, then n lines of a number (from 0) and d coordinates
    in single precision.  That unrounded Euclidean distances are meant is our finding: with them the
    proven optima of the 20 published instances up to n = 250 agree with the published values to the
    last digit printed.
    """
    heads = source.first_lines[:2]
    if len(heads) < 2 or any(len(found) != 1 for _, found in heads):
        raise source.fault("the number of points and that of coordinates are expected in two lines")
    (first, [points]), (second, [coordinates]) = heads
    n = source.whole_number(points, first, "the number of points", 2)
    source.need(n)
    dimensions = source.whole_number(coordinates, second, "the number of coordinates", 1)
    return Content.of_points(numbered_points(source, n, dimensions, second + 1))
