"""Outlines of clusters: a few points whose convex hull holds a cluster.

The farthest two points of two clusters are vertices of their convex hulls, so no pair of members is
farther apart than the farthest pair of outline points.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from solvers.kernels.compiled import compiled
from solvers.kernels.point_distances import Columns, Members

Outlines = NDArray[np.int64]  #: shape (K, 2): where each outline begins among all corners, and ends
Open = NDArray[np.uint8]

_FILTER = 3.4e-16  # of Shewchuk, Discrete & Computational Geometry 18, 1997, for the sign of a turn
_UNDERFLOW = 1e-280  # smaller products have lost digits


@compiled()
def _turns_left(points: Columns, a: int, b: int, c: int, exact: bool) -> bool:
    """Whether b may be a vertex of the hull of a, b, c; only false where that is certain."""
    one = (points[0, b] - points[0, a]) * (points[1, c] - points[1, a])
    other = (points[1, b] - points[1, a]) * (points[0, c] - points[0, a])
    if exact:
        return one > other
    size = abs(one) + abs(other)
    return size < _UNDERFLOW or one - other >= -_FILTER * size


@compiled("int64(float64[:, ::1], int64[::1], boolean, int64[::1])")
def hull(points: Columns, segment: Members, exact: bool, found: Members) -> int:
    """The points of a segment that may be vertices of its convex hull in the plane.

    Andrew's monotone chain (Information Processing Letters 9(5), 1979).  A point is dropped only if it
    lies, beyond all rounding, on the inner side of two others, so what is kept holds all vertices.

    Parameters
    ----------
    points : ndarray, shape (2, n)
        All of them.
    segment : ndarray of int64, shape (m,)
        Some distinct ones, by ascending coordinates.
    exact : bool
        Whether products of differences of coordinates are exact.
    found : ndarray of int64, shape (2 m,)
        The vertices; overwritten.

    Returns
    -------
    int
        How many there are.
    """
    m, k = len(segment), 0
    for i in range(m):
        while k >= 2 and not _turns_left(points, found[k - 2], found[k - 1], segment[i], exact):
            k -= 1
        found[k] = segment[i]
        k += 1
    floor = k + 1
    for i in range(m - 2, -1, -1):
        while k >= floor and not _turns_left(points, found[k - 2], found[k - 1], segment[i], exact):
            k -= 1
        found[k] = segment[i]
        k += 1
    return max(1, k - 1)


@compiled()
def _reaches(corners: Columns, outlines: Outlines, c: int, e: int, least: float) -> bool:
    """Whether two outlines have points whose squared distance is at least `least`."""
    for i in range(outlines[c, 0], outlines[c, 1]):
        for j in range(outlines[e, 0], outlines[e, 1]):
            total = 0.0
            for k in range(corners.shape[0]):
                difference = corners[k, i] - corners[k, j]
                total += difference * difference
            if total >= least:
                return True
    return False


@compiled("float64(float64[:, ::1], int64, int64)")
def diameter(corners: Columns, begin: int, end: int) -> float:
    """The largest squared distance within an outline, as it is computed."""
    largest = 0.0
    for i in range(begin, end):
        for j in range(begin, i):
            total = 0.0
            for k in range(corners.shape[0]):
                difference = corners[k, i] - corners[k, j]
                total += difference * difference
            largest = max(largest, total)
    return largest


@compiled()
def _compare(
    corners: Columns, outlines: Outlines, open_: Open, c: int, e: int, least: float, careful: float
) -> None:
    """Close a pair whose outlines are too near; single points compare exactly, others with care."""
    single = outlines[c, 1] - outlines[c, 0] == 1 and outlines[e, 1] - outlines[e, 0] == 1
    if not _reaches(corners, outlines, c, e, least if single else careful):
        open_[c, e] = open_[e, c] = 0


@compiled("void(float64[:, ::1], int64[:, ::1], uint8[:, ::1], int64, int64, float64, float64)")
def close_row(
    corners: Columns,
    outlines: Outlines,
    open_: Open,
    count: int,
    c: int,
    least: float,
    careful: float,
) -> None:
    """Close the open pairs of cluster `c` among the first `count` that cannot reach `least`.

    Parameters
    ----------
    corners : ndarray, shape (d, size)
        Points of all outlines.
    outlines : ndarray of int64, shape (capacity, 2)
        Which of them belong to each cluster.
    open_ : ndarray of uint8, shape (capacity, capacity)
        1 where two clusters may have members that far apart; lowered.
    count, c : int
        How many clusters there are; one of them.
    least, careful : float
        The squared distance to be reached, and a little less, for pairs whose distance is rounded.
    """
    for e in range(count):
        if open_[c, e]:
            _compare(corners, outlines, open_, c, e, least, careful)


@compiled("void(float64[:, ::1], int64[:, ::1], uint8[:, ::1], int64, float64, float64)")
def close_all(
    corners: Columns, outlines: Outlines, open_: Open, count: int, least: float, careful: float
) -> None:
    """Close all open pairs among the first `count` clusters that cannot reach `least`."""
    for c in range(count):
        for e in range(c):
            if open_[c, e]:
                _compare(corners, outlines, open_, c, e, least, careful)


@compiled("boolean[::1](float64[:, ::1], int64[:, ::1], int64, int64[::1], float64)")
def within(
    corners: Columns, outlines: Outlines, c: int, others: Members, most: float
) -> NDArray[np.bool_]:
    """Which of some clusters have no point as far as `most` (squared) from any point of cluster `c`."""
    found = np.empty(len(others), dtype=np.bool_)
    for k in range(len(others)):
        found[k] = not _reaches(corners, outlines, c, others[k], most)
    return found
