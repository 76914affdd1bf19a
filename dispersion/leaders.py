"""Leaders: points in a given order, each taken unless an earlier one is too near."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
from numpy.typing import NDArray


def leaders(distances: NDArray[np.float64], at_least: float, order: Iterable[int]) -> NDArray[np.intp]:
    """The points that are at least `at_least` away from all that were taken before.

    No point can be added: every other one is nearer than that to a leader.  O(k n) time for k leaders.

    Parameters
    ----------
    distances : ndarray of float64, shape (n, n)
        Symmetric.
    at_least : float
        The least distance between two leaders.
    order : iterable of int
        Every point once.

    Returns
    -------
    ndarray of int, shape (k,)
        In the order in which they were taken.

    Examples
    --------
    >>> leaders(np.abs(np.subtract.outer(np.arange(5.0), np.arange(5.0))), 2.0, range(5)).tolist()
    [0, 2, 4]
    """
    open_ = np.ones(len(distances), dtype=np.bool_)
    taken = []
    for point in order:
        if open_[point]:
            taken.append(point)
            open_ &= distances[point] >= at_least
    return np.array(taken, dtype=np.intp)
