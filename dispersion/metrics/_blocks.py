"""All pairs of points, a few rows at a time."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

Points = NDArray[np.float64]

_NUMBERS = 1 << 21  # in an array of differences: 16 MiB


def by_blocks(X: Points, between: Callable[[Points, Points], Points]) -> NDArray[np.float64]:
    """Distances of all pairs, shape (n, n), where `between` has those of some rows to others.

    Parameters
    ----------
    X : ndarray, shape (n, d)
        One point a row.
    between : callable
        Takes arrays of shape (k, d) and (m, d) to distances of shape (k, m).  It may use memory for
        k m d numbers, of which there are about two million, or m d if these are more.
    """
    n, d = X.shape
    half = np.zeros((n, n))
    rows = max(1, _NUMBERS // (n * d))
    with np.errstate(over="ignore"):  # `Instance` refuses infinite distances
        for start in range(0, n, rows):
            block = slice(start, start + rows)
            half[block, start:] = between(X[block], X[start:])
    upper: NDArray[np.float64] = np.triu(half, k=1)
    return upper + upper.T
