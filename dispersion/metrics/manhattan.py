"""The way along a grid of streets."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from dispersion.metrics import metric
from dispersion.metrics._blocks import by_coordinates


@metric("manhattan", is_metric=True, summary="the sum of the differences of the coordinates")
def manhattan(X: NDArray[np.float64]) -> NDArray[np.float64]:
    """Sum of the absolute differences of the coordinates: city-block distance, L1."""
    return by_coordinates(X, np.add, np.abs)
