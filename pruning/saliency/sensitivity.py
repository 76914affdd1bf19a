"""Sensitivities of channels, and how many channels a given error allows to drop, after PFP.

Liebenwein, Baykal, Lang, Feldman and Rus, "Provable Filter Pruning for Efficient Neural Networks"
(ICLR 2020, arXiv 1911.07412), in the form of the authors' code.
"""

from __future__ import annotations

import math
from itertools import islice

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from pruning.calibration import Calibration
from pruning.parameters import need

Scores = NDArray[np.float64]

IMAGES = 180
"""The paper's calibration set for ResNet-20."""

ROWS = 2000
"""Patches used, of all images together; our own choice."""

_BLOCK = 100  # patches at a time: with all columns they fit a processor's cache
_SMALLEST = float(np.finfo(np.float32).eps)  # a denominator up to this counts as zero


def sensitivities(
    layer: str, calibration: Calibration, images: int = IMAGES, rows: int = ROWS
) -> Scores:
    """The largest share that each channel of a layer has in a pre-activation of the next layer.

    Weights and activations are split by sign.  The share of one weight is its product with the
    activation over the sum of all products of the same two signs; the largest over patches, images,
    kernel positions and outputs is the channel's.  Biases are left out.

    Parameters
    ----------
    layer : str
        The layer that makes the channels.  If several layers take them in, the largest share over
        all of them counts; our own choice, since each layer in the paper has one consumer.
    calibration : Calibration
        Its network with images.
    images, rows : int
        About how many images, in whole batches from the first on, and the most patches of them, drawn
        by the calibration's seed.

    Returns
    -------
    ndarray of float64, shape (n,)
        In [0, 1]; 0 for channels that are always 0.
    """
    need(images >= 1, f"pfp needs 1 image or more, not {images}.")
    need(rows >= 1, f"pfp needs 1 row or more, not {rows}.")
    consumers = calibration.consumers(layer)
    seen = _rows(calibration, [consumer.name for consumer in consumers], images, rows)
    best = np.zeros(len(consumers[0].columns))
    for consumer in consumers:
        weight = calibration.network.module.get_submodule(consumer.name).get_parameter("weight")
        shares = largest_shares(weight.detach().flatten(1), seen[consumer.name]).double().cpu().numpy()
        best = np.maximum(best, shares[consumer.columns].max(axis=1))
    return np.minimum(best, 1.0)  # rounding may exceed it


def largest_shares(weight: Tensor, rows: Tensor) -> Tensor:
    """The largest share that each column has in an output of its sign.

    Parameters
    ----------
    weight : Tensor, shape (outputs, columns)
    rows : Tensor, shape (rows, columns)
        What it is multiplied with.

    Returns
    -------
    Tensor, shape (columns,)
    """
    best = weight.new_zeros(weight.shape[1])
    for inputs in (rows.clamp(min=0), (-rows).clamp(min=0)):
        if not inputs.any():
            continue
        for positive in (weight.clamp(min=0), (-weight).clamp(min=0)):
            total = inputs @ positive.T
            inverse = torch.where(total > _SMALLEST, 1 / total, 0.0)
            for start in range(0, len(inputs), _BLOCK):
                part, scale = inputs[start : start + _BLOCK], inverse[start : start + _BLOCK]
                for one, of in zip(positive, scale.T, strict=True):
                    largest = (part * of[:, None]).amax(dim=0)
                    torch.maximum(best, largest.mul_(one), out=best)
    return best


def spread(
    total: float, *, patches: int, kernel: int, constant: float = 3.0, delta: float = 1e-16
) -> float:
    """The coefficient that the number of draws of a layer grows with.

    Parameters
    ----------
    total : float
        The sum of the sensitivities of the layer's input channels.
    patches, kernel : int
        Output positions of the layer, and positions of its kernel.
    constant, delta : float
        C and the probability of failure, both above 0; the defaults are the authors'.
    """
    need(constant > 0.0, f"pfp needs a constant above 0, not {constant!r}.")
    need(delta > 0.0, f"pfp needs a delta above 0, not {delta!r}.")
    return total * 2 * constant * math.log(8 * (patches + 1) * kernel / delta)


def samples(coefficient: float, eps: float) -> float:
    """The number m(eps) of draws that keeps a layer's relative error within eps; at least 1.

    Parameters
    ----------
    coefficient : float
        See `spread`.
    eps : float
        Above 0.
    """
    need(eps > 0.0, f"an error eps must be above 0, not {eps!r}.")
    return max(1.0, float(np.ceil(3 * (6 + 2 * eps) * coefficient / eps**2)))


def largest_error(coefficient: float, draws: float) -> float:
    """The inverse of `samples`: the largest eps that needs so many draws; infinite for one draw."""
    if draws <= 1.0:
        return math.inf
    # the root of most eps^2 = 6 (3 + eps) coefficient
    half, most = 3 * coefficient, draws - 1.0
    return (half + math.sqrt(half**2 + 6 * half * most)) / most


def probabilities(sensitivity: Scores) -> Scores:
    """Divide sensitivities by their sum; all 0 if the sum is 0."""
    total = float(sensitivity.sum())
    return sensitivity / total if total > 0.0 else np.zeros_like(sensitivity)


def expected_distinct(probability: Scores, draws: float) -> int:
    """The expected number u(m) of different channels in so many draws, rounded up."""
    with np.errstate(divide="ignore"):  # a channel that is certain
        missed = draws * np.log1p(-probability)
    return math.ceil(float(-np.expm1(missed).sum()))


def draws_for(probability: Scores, distinct: int) -> int:
    """The fewest draws whose expected number of different channels, rounded up, is at least `distinct`.

    At most as many as have a chance are asked for, and at least one.
    """
    wanted = min(distinct, int((probability > 0.0).sum()))
    low, high = 0, 1
    while expected_distinct(probability, high) < wanted:
        low, high = high, 2 * high
    while high - low > 1:
        middle = (low + high) // 2
        if expected_distinct(probability, middle) < wanted:
            low = middle
        else:
            high = middle
    return high


def _rows(calibration: Calibration, names: list[str], images: int, rows: int) -> dict[str, Tensor]:
    """Patches that the named layers are given for the first images."""
    patches: dict[str, list[Tensor]] = {name: [] for name in names}
    parts = calibration.samples.inputs(names, least=-(-rows // images))
    for seen in islice(parts, -(-images // calibration.batch)):
        for name, some in seen.items():
            patches[name].append(some)
    rng = np.random.default_rng(calibration.seed)
    joined = {name: torch.cat(parts) for name, parts in patches.items()}
    return {name: _drawn(some, rows, rng) for name, some in joined.items()}


def _drawn(rows: Tensor, most: int, rng: np.random.Generator) -> Tensor:
    if len(rows) <= most:
        return rows
    return rows[torch.from_numpy(np.sort(rng.choice(len(rows), most, replace=False)))]
