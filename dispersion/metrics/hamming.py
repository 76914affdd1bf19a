"""How many coordinates differ."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from dispersion.metrics import metric
from dispersion.metrics._blocks import by_blocks


@metric("hamming", is_metric=True, summary="the share of the coordinates that differ")
def hamming(X: NDArray[np.float64]) -> NDArray[np.float64]:
    """Share of the coordinates that differ, in [0, 1], whatever numbers stand for the values."""
    return by_blocks(X, _shares)


def _shares(rows: NDArray[np.float64], others: NDArray[np.float64]) -> NDArray[np.float64]:
    counts = [np.count_nonzero(row != others, axis=1) for row in rows]
    shares: NDArray[np.float64] = np.array(counts) / others.shape[1]
    return shares
