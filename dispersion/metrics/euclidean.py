"""Straight-line distance."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from dispersion.metrics import metric

_CANCELLATION = 1e-3  # below this share of the norms, the Gram formula has lost digits


def _power_of_two(values: Any) -> Any:
    """The largest power of two that is not above each value; 1 for 0."""
    mantissa, exponent = np.frexp(values)
    return np.where(mantissa > 0, np.ldexp(1.0, exponent - 1), 1.0)


@metric("euclidean", is_metric=True, summary="straight-line distance")
def euclidean(X: NDArray[np.float64]) -> NDArray[np.float64]:
    """Euclidean distances by the Gram matrix; close pairs are recomputed from their difference.

    ``|x - y|^2 = |x|^2 + |y|^2 - 2 x.y`` is fast but cancels for close points.  Those pairs are
    recomputed directly, so equal points are at distance exactly 0 and every relative error stays
    below about 1e-12.  Scaling is by powers of two, so equal distances between points with small whole
    coordinates stay equal.
    """
    peak = _power_of_two(np.abs(X).max())
    scaled = X / peak  # squares do not overflow
    norms = np.einsum("ij,ij->i", scaled, scaled)
    reach = norms[:, None] + norms[None, :]
    squared = np.maximum(reach - 2.0 * (scaled @ scaled.T), 0.0)
    lengths = np.sqrt(squared)
    upper_i, upper_j = np.nonzero(np.triu(squared <= _CANCELLATION * reach, k=1))
    for start in range(0, len(upper_i), 1024):
        i, j = upper_i[start : start + 1024], upper_j[start : start + 1024]
        difference = scaled[i] - scaled[j]
        widest = _power_of_two(np.abs(difference).max(axis=1))
        difference /= widest[:, None]
        lengths[i, j] = widest * np.sqrt(np.einsum("ij,ij->i", difference, difference))
    upper: NDArray[np.float64] = np.triu(lengths * peak, k=1)
    return upper + upper.T
