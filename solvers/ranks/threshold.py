"""The ranks of a packing instance: all that matters of a distance is whether it is long enough."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from dispersion.instance import Instance

_NEARNESS = 1000  # levels of the distances that are too short

APART = 1  #: the rank of a distance that is long enough, in `threshold_ranks`


def threshold_ranks(instance: Instance) -> NDArray[np.int32]:
    """`APART` where two points may be chosen together, 0 where they are too near, -1 on the diagonal.

    The comparison is ``distance >= instance.at_least``, to the last bit, as everywhere.
    """
    assert instance.at_least is not None
    ranks = (instance.distances >= instance.at_least).astype(np.int32)
    np.fill_diagonal(ranks, -1)
    return ranks


def graded(ranks: NDArray[np.int32], distances: NDArray[np.float64]) -> tuple[NDArray[np.int32], int]:
    """The same with grades among what is too near, for methods that look for near points.

    Parameters
    ----------
    ranks : ndarray of int32, shape (m, m)
        From `threshold_ranks`, or a square part of it.
    distances : ndarray of float64, shape (m, m)
        Of the same points.

    Returns
    -------
    ranks, t
        Ranks of which exactly those of points apart are t or more.
    """
    near = ranks == 0
    longest = float(distances[near].max(initial=0.0))
    shares = distances / longest if longest > 0.0 else np.zeros_like(distances)
    grades = np.minimum(np.floor(np.where(near, shares, 0.0) * _NEARNESS), _NEARNESS - 1)
    return np.where(near, grades.astype(np.int32), ranks * _NEARNESS).astype(np.int32), _NEARNESS
