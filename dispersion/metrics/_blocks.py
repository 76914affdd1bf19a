"""All pairs of points, a few rows at a time."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

Points = NDArray[np.float64]

_NUMBERS = 1 << 17  # in the distances of some rows: 1 MiB stays near the processor


def by_blocks(X: Points, between: Callable[[Points, Points], Points]) -> NDArray[np.float64]:
    """Distances of all pairs, shape (n, n), where `between` has those of some rows to others.

    Parameters
    ----------
    X : ndarray, shape (n, d)
        One point a row.
    between : callable
        Takes arrays of shape (k, d) and (m, d) to distances of shape (k, m), which are few.
    """
    n = len(X)
    half = np.zeros((n, n))
    rows = max(1, _NUMBERS // n)
    with np.errstate(over="ignore"):  # `Instance` refuses infinite distances
        for start in range(0, n, rows):
            block = slice(start, start + rows)
            half[block, start:] = between(X[block], X[start:])
    upper: NDArray[np.float64] = np.triu(half, k=1)
    return upper + upper.T


def by_coordinates(X: Points, merge: np.ufunc, of: Callable[[Points], Points]) -> NDArray[np.float64]:
    """Distances of all pairs, shape (n, n), that one coordinate after the other makes.

    Parameters
    ----------
    X : ndarray, shape (n, d)
        One point a row.
    merge : ufunc
        What the coordinates become together: their sum, their maximum.
    of : callable
        What of the differences of a coordinate, shape (k, m), is merged; at least 0.
    """

    def between(rows: Points, others: Points) -> Points:
        total = np.zeros((len(rows), len(others)))
        for one, other in zip(rows.T, others.T, strict=True):
            merge(total, of(one[:, None] - other), out=total)
        return total

    return by_blocks(X, between)
