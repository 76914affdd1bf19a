"""One minus Pearson's correlation, which is popular and not a metric."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from dispersion.errors import InputError
from dispersion.metrics import metric
from dispersion.metrics.cosine import cosine
from dispersion.metrics.normalized import unit_rows


@metric("correlation", is_metric=False, summary="1 - Pearson's r of two points; NOT a metric")
def correlation(X: NDArray[np.float64]) -> NDArray[np.float64]:
    """``1 - r`` of the coordinates of two points, in [0, 2].

    It is `cosine` after the mean of every point is taken from its coordinates, so the triangle
    inequality fails as there.  A point whose coordinates are all equal has no correlation with any; it
    is at 1 from all others, and at 0 from another such point.
    """
    if X.shape[1] < 2:
        raise InputError("correlation needs points of 2 or more coordinates, got 1.")
    scaled = unit_rows(X)  # sums do not overflow
    centred = scaled - scaled.mean(axis=1, keepdims=True)
    centred[X.max(axis=1) == X.min(axis=1)] = 0.0
    return cosine(centred)
