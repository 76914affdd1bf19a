"""Filters as their weights, or as the directions of these."""

from __future__ import annotations

import numpy as np

from pruning.filters import FilterLayer
from pruning.spaces import Points, space


@space("weights", summary="the weights of a filter")
def weights(layer: FilterLayer) -> Points:
    """The layer's own points."""
    return layer.points


@space("normalized", summary="the weights of a filter over their Euclidean norm")
def normalized(layer: FilterLayer) -> Points:
    """Unit vectors; a filter of zeros has no direction and stays zero."""
    norms = np.linalg.norm(layer.points, axis=1, keepdims=True)
    unit: Points = layer.points / np.where(norms > 0.0, norms, 1.0)
    return unit
