"""Straight-line distance between directions."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from dispersion.metrics import metric
from dispersion.metrics.euclidean import euclidean


def unit_rows(X: NDArray[np.float64]) -> NDArray[np.float64]:
    """Rows scaled to length 1; an all-zero row stays zero."""
    peak = np.abs(X).max(axis=1, keepdims=True)
    scaled = np.divide(X, peak, out=np.zeros_like(X), where=peak > 0)
    length = np.linalg.norm(scaled, axis=1, keepdims=True)
    unit: NDArray[np.float64] = np.divide(scaled, length, out=np.zeros_like(X), where=length > 0)
    return unit


@metric("normalized", is_metric=True, summary="straight-line distance of unit vectors")
def normalized(X: NDArray[np.float64]) -> NDArray[np.float64]:
    """Euclidean distances of points scaled to length 1; a zero point stays at the origin."""
    return euclidean(unit_rows(X))
