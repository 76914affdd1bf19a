"""Filters as their weights."""

from __future__ import annotations

from pruning.filters import FilterLayer
from pruning.spaces import Points, space


@space("weights", summary="the weights of a filter")
def weights(layer: FilterLayer) -> Points:
    """The layer's own points."""
    return layer.points
