"""FPICI: information capacity and independence of filters."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray

from dispersion.errors import InputError, UnknownNameError
from pruning.calibration import Calibration
from pruning.criteria import Scores, scoring
from pruning.filters import FilterLayer
from pruning.parameters import need
from pruning.saliency.cosines import cosines


@scoring(
    "fpici",
    summary="entropy of a filter's weights, and how little it resembles the others (Tang et al. 2025)",
    reconstruction="the entropy, the independence and how they are joined: only the abstract was read",
)
def fpici(
    layer: FilterLayer,
    *,
    capacity: str = "weights",
    bins: int = 64,
    balance: float = 0.5,
    calibration: Calibration | None = None,
    images: int = 100,
) -> Scores:
    """Score by balance * capacity + (1 - balance) * independence, both scaled to [0, 1] in the layer.

    After Tang, Ye, Shi, Hu, Peng and You, IEEE Transactions on Neural Networks and Learning Systems
    36(5), 2025, arXiv 2303.03645.  **A reconstruction**: the paper's formulas were not available to us.

    Parameters
    ----------
    layer : FilterLayer
        Its filters.
    capacity : str
        "weights": the entropy, in bits, of the histogram of a filter's weights, with the same bin edges
        for all filters.  "energy": that of how a filter's norm is spread over its input channels (over
        its weights, if it has one channel only).  "features": that of the histogram of its feature maps
        on calibration images; the paper claims that "weights" approximates it.
    bins : int
        Bins of the histogram, at least 2, equally wide from the smallest number in the layer to the
        largest.
    balance : float
        Weight of capacity against independence, ``mean_j (1 - |cos(F_i, F_j)|)``; in [0, 1].
    calibration : Calibration or None
        The layer's network with images, for "features".
    images : int
        The most images used, the first ones.
    """
    if capacity not in _CAPACITIES:
        raise UnknownNameError("capacity of fpici", capacity, _CAPACITIES)
    need(bins >= 2, f"fpici needs 2 bins or more, not {bins}.")
    need(0.0 <= balance <= 1.0, f"fpici takes a balance in [0, 1], not {balance!r}.")
    entropy = _CAPACITIES[capacity](layer, bins, calibration, images)
    return balance * _scaled(entropy) + (1.0 - balance) * _scaled(_independence(layer.points))


def _scaled(values: Scores) -> Scores:
    """Scale values to [0, 1]; all 0 if they are equal."""
    spread = float(np.ptp(values))
    return (values - values.min()) / spread if spread > 0.0 else np.zeros_like(values)


def _entropy(shares: NDArray[np.float64]) -> Scores:
    """The entropy of each row in bits; the shares in a row sum to 1, or are all 0."""
    logs = np.log2(shares, out=np.zeros_like(shares), where=shares > 0.0)
    bits: Scores = -(shares * logs).sum(axis=1)
    return bits


def _weights_entropy(
    layer: FilterLayer, bins: int, calibration: Calibration | None, images: int
) -> Scores:
    return _histogram_entropy(layer.points, bins)


def _features_entropy(
    layer: FilterLayer, bins: int, calibration: Calibration | None, images: int
) -> Scores:
    if calibration is None:
        raise InputError(
            "fpici needs calibration images for capacity 'features':"
            " give calibration=Calibration(network, images)."
        )
    need(images >= 1, f"fpici needs 1 image or more, not {images}.")
    maps = torch.cat(list(calibration.maps(layer.name, images)))
    return _histogram_entropy(maps.transpose(0, 1).flatten(1).cpu().numpy(), bins)


def _histogram_entropy(values: NDArray[np.floating[Any]], bins: int) -> Scores:
    """The entropy of each row's histogram; all rows share the bins."""
    lowest, widest = float(values.min()), float(np.ptp(values))
    if widest == 0.0:
        return np.zeros(len(values))
    counts = np.empty((len(values), bins))
    for row, histogram in zip(values, counts, strict=True):
        place = ((row.astype(np.float64) - lowest) / widest * bins).astype(np.int64)
        histogram[:] = np.bincount(np.minimum(place, bins - 1), minlength=bins)
    return _entropy(counts / values.shape[1])


def _energy_entropy(
    layer: FilterLayer, bins: int, calibration: Calibration | None, images: int
) -> Scores:
    parts = [_energies(kernel) for kernel in layer.kernels]
    energies = np.concatenate(parts, axis=1)
    total = energies.sum(axis=1, keepdims=True)
    return _entropy(np.divide(energies, total, out=np.zeros_like(energies), where=total > 0.0))


def _energies(kernel: NDArray[np.float64]) -> NDArray[np.float64]:
    """Norms by input channel, shape (n, c); absolute weights if there is only one channel."""
    n, channels = kernel.shape[:2]
    if channels == 1:
        return np.abs(kernel.reshape(n, -1))
    norms: NDArray[np.float64] = np.linalg.norm(kernel.reshape(n, channels, -1), axis=2)
    return norms


def _independence(F: NDArray[np.float64]) -> Scores:
    unlike, zero = 1.0 - np.abs(cosines(F)), ~F.any(axis=1)
    unlike[zero] = unlike[:, zero] = 0.0  # a filter without a direction is unlike none
    np.fill_diagonal(unlike, 0.0)
    mean: Scores = unlike.mean(axis=1)
    return mean


_CAPACITIES: dict[str, Callable[[FilterLayer, int, Calibration | None, int], Scores]] = {
    "weights": _weights_entropy,
    "energy": _energy_entropy,
    "features": _features_entropy,
}
