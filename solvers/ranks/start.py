"""Where max-min methods start: farthest points from below, and the bound by degrees from above."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Matrix = NDArray[np.float64] | NDArray[np.int32]


def _comparable(matrix: Matrix) -> NDArray[np.int64] | NDArray[np.int32]:
    """Whole numbers in the same order: floats that are not negative order like their bits."""
    if matrix.dtype == np.int32:
        return np.ascontiguousarray(matrix, dtype=np.int32)
    return np.ascontiguousarray(matrix, dtype=np.float64).view(np.int64)


def longest_end(matrix: Matrix) -> int:
    """The lowest point at an end of the longest distance; `matrix` as in `farthest_points`."""
    from solvers.kernels import farthest

    return int(farthest.longest_end(_comparable(matrix)))


def farthest_points(matrix: Matrix, start: int, p: int) -> NDArray[np.intp]:
    """Starting from `start`, p - 1 times add the point farthest from those chosen.

    Parameters
    ----------
    matrix : ndarray of float64 or int32, shape (n, n)
        Distances or their ranks, symmetric, none off the diagonal negative (nor -0.0); only
        comparisons are made.  Ties go to the lowest index.
    start : int
        The first point; `longest_end` gives the usual one.
    p : int
        How many points.

    Returns
    -------
    ndarray of int, shape (p,)
        In the order in which they were chosen.  O(n p) time; p rows are read, each once.
    """
    from solvers.kernels import farthest

    chosen: NDArray[np.intp] = farthest.farthest(_comparable(matrix), start, p)
    return chosen


def lowest_rank(ranks: NDArray[np.int32], selected: NDArray[np.intp]) -> int:
    """The rank of the two closest points of a selection of at least two."""
    return int(ranks[np.ix_(selected, selected)][np.triu_indices(len(selected), k=1)].min())


def degree_bound(ranks: NDArray[np.int32], p: int) -> int:
    """Upper bound on the optimum's rank: each of p points needs p - 1 distances that long.

    The p-th largest of the (p-1)-th largest entries of the rows of `ranks`, shape (n, n).
    """
    reach = -np.partition(-ranks, p - 2, axis=1)[:, p - 2]
    return int(-np.partition(-reach, p - 1)[p - 1])
