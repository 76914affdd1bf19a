"""Coordinates as the family Geo of MDPLIB has them."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from dispersion.library.content import Content
from dispersion.library.formats import file_format
from dispersion.library.source import Source, first_where


def numbered_points(source: Source, numbers: list[int], n: int, dimensions: int) -> NDArray[np.float64]:
    """The lines `numbers` as `n` points, each behind its number, which counts up from 0 or 1."""
    rows = source.table(numbers, 1 + dimensions)
    first = 1.0 if len(rows) and rows[0, 0] == 1 else 0.0
    astray = first_where(rows[:, 0] != np.arange(first, first + len(rows)))
    if astray is not None:
        raise source.fault(
            f"it holds point {rows[astray, 0]:g} where point {astray + first:g} is due", numbers[astray]
        )
    if len(rows) != n:
        raise source.fault(f"it promises {n} points and holds {len(rows)}")
    return rows[:, 1:]


def _recognises(source: Source) -> bool:
    widths = [len(cells) for cells in source.first_rows]
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
    lines = source.filled()
    n = source.whole_number(source.lines[lines[0] - 1].strip(), lines[0], "the number of points", 2)
    source.need(n)
    if len(lines) < 2:
        raise source.fault("it ends before the number of coordinates")
    text = source.lines[lines[1] - 1].strip()
    dimensions = source.whole_number(text, lines[1], "the number of coordinates", 1)
    return Content.of_points(numbered_points(source, lines[2:], n, dimensions))
