"""The widest of the differences."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from dispersion.metrics import metric
from dispersion.metrics._blocks import by_blocks


@metric("chebyshev", is_metric=True, summary="the largest difference of a coordinate")
def chebyshev(X: NDArray[np.float64]) -> NDArray[np.float64]:
    """Largest absolute difference of a coordinate: L-infinity, the moves of a king in chess."""

    def between(rows: NDArray[np.float64], others: NDArray[np.float64]) -> NDArray[np.float64]:
        widest: NDArray[np.float64] = np.abs(rows[:, None, :] - others).max(axis=2)
        return widest

    return by_blocks(X, between)
