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


_LEAST = 1e-290  # smaller squares have lost digits to underflow
_FAR = 4.0  # a mean so many times the spread of the points away from 0 costs digits and time


def _centred(X: NDArray[np.float64]) -> NDArray[np.float64]:
    """`X` moved near the origin, if it is far from it compared to its spread.

    By multiples of a power of two not above the spread, so that small whole coordinates stay whole;
    where the spread is lost beside the mean, by multiples of the mean's last digit.
    """
    spread = float((X.max(axis=0) - X.min(axis=0)).max())
    mean = X.mean(axis=0)
    if spread == 0.0 or not (np.abs(mean) > _FAR * spread).any():
        return X
    step = float(max(_power_of_two(spread), _power_of_two(np.spacing(np.abs(mean).max()))))
    moved: NDArray[np.float64] = X - np.round(mean / step) * step
    return moved


@metric("euclidean", is_metric=True, summary="straight-line distance")
def euclidean(X: NDArray[np.float64]) -> NDArray[np.float64]:
    """Euclidean distances by the Gram matrix; close pairs are recomputed from their difference.

    ``|x - y|^2 = |x|^2 + |y|^2 - 2 x.y`` is fast but cancels for close points, and for all points if
    they are far from the origin; so they are centred first.  Pairs that are still close compared to
    their lengths are recomputed from the difference of the points as given, so equal points are at
    distance exactly 0 and every relative error stays below about 1e-12, whatever the scales that meet
    in one array.  Scaling is by powers of two, so equal distances between points with small whole
    coordinates stay equal.
    """
    peak = _power_of_two(np.abs(X).max())
    scaled = _centred(X / peak)  # squares do not overflow
    norms = np.einsum("ij,ij->i", scaled, scaled)
    reach = norms[:, None] + norms[None, :]
    squared = np.maximum(reach - 2.0 * (scaled @ scaled.T), 0.0)
    upper_i, upper_j = np.nonzero(np.triu(squared <= np.maximum(_CANCELLATION * reach, _LEAST), k=1))
    with np.errstate(over="ignore"):  # `Instance` refuses infinite distances
        lengths = np.sqrt(squared) * peak
        for start in range(0, len(upper_i), 1024):
            i, j = upper_i[start : start + 1024], upper_j[start : start + 1024]
            lengths[i, j] = lengths_of(X[i] - X[j])
    upper: NDArray[np.float64] = np.triu(lengths, k=1)
    return upper + upper.T


def lengths_of(differences: NDArray[np.float64]) -> NDArray[np.float64]:
    """Lengths of vectors, shape (k, d) to (k,), though squares would overflow or underflow."""
    widest = _power_of_two(np.abs(differences).max(axis=1))
    scaled = differences / widest[:, None]
    lengths: NDArray[np.float64] = widest * np.sqrt(np.einsum("ij,ij->i", scaled, scaled))
    return lengths
