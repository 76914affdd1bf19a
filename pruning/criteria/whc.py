"""WHC: large filters that are unlike other large filters."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from dispersion.errors import UnknownNameError
from pruning.criteria import Scores, scoring
from pruning.filters import FilterLayer
from pruning.saliency.cosines import cosines

_Matrix = NDArray[np.float64]

_VARIANTS: dict[str, Callable[[_Matrix], Scores]] = {
    "whc": lambda F: _weighted(_norms(F), cosines(F)),
    "l2": lambda F: _norms(F),
    "cosine": lambda F: (1.0 - cosines(F)).sum(axis=1),
    "dm": lambda F: _dissimilarity(cosines(F)).sum(axis=1),
    "hc": lambda F: _norms(F) * _dissimilarity(cosines(F)).sum(axis=1),
    "l1-norm": lambda F: _weighted(np.abs(F).sum(axis=1), cosines(F)),
    "correlation": lambda F: _weighted(_norms(F), cosines(F - F.mean(axis=1, keepdims=True))),
}


@scoring("whc", summary="norms times norm-weighted dissimilarities (Chen et al. 2023)")
def whc(layer: FilterLayer, *, variant: str = "whc") -> Scores:
    """Score by ``||F_i|| sum_j ||F_j|| (1 - |cos(F_i, F_j)|)``.

    The weighted hybrid criterion (Chen, Sun and Huang, ICASSP 2023, arXiv 2302.08185).

    Parameters
    ----------
    layer : FilterLayer
        Its filters.
    variant : str
        "whc", or one of the paper's ablations: "l2", "dm" (``sum_j 1 - |cos|``), "hc" (norm times dm),
        "l1-norm" and "correlation" (other norms, centred cosines); "cosine" (sum_j 1 - cos) is our
        reading of a name.

    Notes
    -----
    A filter of zeros has no direction, and the formula as it stands is then undefined for all filters;
    here its cosines are 0 and its score is 0.
    """
    if variant not in _VARIANTS:
        raise UnknownNameError("variant of whc", variant, _VARIANTS)
    scores = _VARIANTS[variant](layer.points)
    return np.where(_norms(layer.points) > 0.0, scores, 0.0)


def _norms(F: _Matrix) -> Scores:
    norms: Scores = np.linalg.norm(F, axis=1)
    return norms


def _dissimilarity(alike: _Matrix) -> _Matrix:
    """One minus the absolute cosine of each pair; 0 on the diagonal."""
    unlike = 1.0 - np.abs(alike)
    np.fill_diagonal(unlike, 0.0)
    return unlike


def _weighted(norms: Scores, alike: _Matrix) -> Scores:
    return norms * (_dissimilarity(alike) @ norms)
