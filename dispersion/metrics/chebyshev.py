"""The widest of the differences."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from dispersion.metrics import metric
from dispersion.metrics._blocks import by_coordinates


@metric("chebyshev", is_metric=True, summary="the largest difference of a coordinate")
def chebyshev(X: NDArray[np.float64]) -> NDArray[np.float64]:
    """Largest absolute difference of a coordinate: L-infinity, the moves of a king in chess."""
    return by_coordinates(X, np.maximum, np.abs)
