"""Coordinates as the family Geo of MDPLIB has them."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from dispersion.library.content import Content
from dispersion.library.formats import file_format
from dispersion.library.source import Source, first_where


def numbered_points(
    source: Source, n: int, dimensions: int, start: int, stop: int | None = None
) -> NDArray[np.float64]:
    """`n` points from the line `start` on, each behind its number, which counts up from 0 or 1."""
    rows = source.rows(start, stop, 1 + dimensions)
    first = 1.0 if len(rows) and rows[0, 0] == 1 else 0.0
    astray = first_where(rows[:, 0] != np.arange(first, first + len(rows)))
    if astray is not None:
        raise source.fault(
            f"it holds point {rows[astray, 0]:g} where point {astray + first:g} is due",
            source.line_of(start, astray),
        )
    if len(rows) != n:
        raise source.fault(f"it promises {n} points and holds {len(rows)}")
    return rows[:, 1:]


def _recognises(source: Source) -> bool:
    widths = [len(cells) for _, cells in source.first_lines]
    return widths[:2] == [1, 1] and (len(widths) < 3 or widths[2] >= 2)


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
    (first, [points]), (second, [coordinates]) = source.first_lines[:2]
    n = source.whole_number(points, first, "the number of points", 2)
    source.need(n)
    dimensions = source.whole_number(coordinates, second, "the number of coordinates", 1)
    return Content.of_points(numbered_points(source, n, dimensions, second + 1))
