"""How many coordinates differ."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from dispersion.metrics import metric
from dispersion.metrics._blocks import by_blocks


@metric("hamming", is_metric=True, summary="the share of the coordinates that differ")
def hamming(X: NDArray[np.float64]) -> NDArray[np.float64]:
    """Share of the coordinates that differ, in [0, 1], whatever numbers stand for the values."""

    def between(rows: NDArray[np.float64], others: NDArray[np.float64]) -> NDArray[np.float64]:
        share: NDArray[np.float64] = (rows[:, None, :] != others).mean(axis=2)
        return share

    return by_blocks(X, between)
