"""Squared distances between points that are stored by coordinate, without a matrix of them.

A squared distance is the sum of the squared differences, coordinate by coordinate, each operation
rounded to nearest: the same pair has the same bits wherever it is computed.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from solvers.kernels.compiled import compiled

Columns = NDArray[np.float64]  #: shape (d, n): one coordinate a row
Floats = NDArray[np.float64]
Members = NDArray[np.int64]


@compiled()
def squared(points: Columns, i: int, j: int) -> float:
    """Squared distance of two points."""
    total = 0.0
    for k in range(points.shape[0]):
        difference = points[k, i] - points[k, j]
        total += difference * difference
    return total


@compiled()
def least_square(points: Columns, near: Floats, members: Members) -> float:
    """The least square among the members, and from them to what `near` is measured from."""
    least = np.inf
    for a in range(len(members)):
        least = min(least, near[members[a]])
        for b in range(a):
            least = min(least, squared(points, members[a], members[b]))
    return least


@compiled("void(float64[:, ::1], int64, float64[::1])")
def lower_to(points: Columns, centre: int, near: Floats) -> None:
    """Lower `near`, shape (n,), to the squared distances from a centre."""
    for i in range(len(near)):
        near[i] = min(near[i], squared(points, i, centre))


@compiled("void(float64[:, ::1], int64, float64[::1])")
def squares_from(points: Columns, centre: int, squares: Floats) -> None:
    """Squared distances of all points from one of them, into `squares`, shape (n,)."""
    for i in range(len(squares)):
        squares[i] = squared(points, i, centre)


@compiled("float64[:, ::1](float64[:, ::1], float64[::1], int64[::1])")
def squares_among(points: Columns, near: Floats, some: Members) -> NDArray[np.float64]:
    """Squared distances among some points, none above `near` of either end; 0 on the diagonal."""
    m = len(some)
    squares = np.zeros((m, m))
    for a in range(m):
        for b in range(a):
            square = min(squared(points, some[a], some[b]), near[some[a]], near[some[b]])
            squares[a, b] = squares[b, a] = square
    return squares
