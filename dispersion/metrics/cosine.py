"""Cosine dissimilarity, which is popular and not a metric."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from dispersion.metrics import metric
from dispersion.metrics.normalized import normalized, unit_rows


@metric("cosine", is_metric=False, summary="1 - cos; NOT a metric, so greedy has no guarantee")
def cosine(X: NDArray[np.float64]) -> NDArray[np.float64]:
    """``1 - cos`` of the angle between the points, in [0, 2]; a zero point is at 1 from all others.

    Angles of 0, 90 and 180 degrees give 1 + 1 = 2, but 0, 45 and 90 give 0.293 + 0.293 < 1: the
    triangle inequality fails and so does every guarantee that rests on it.
    """
    half = normalized(X) ** 2 / 2.0
    dead = np.flatnonzero(~unit_rows(X).any(axis=1))
    half[dead, :] = half[:, dead] = 1.0
    half[np.ix_(dead, dead)] = 0.0
    return half
