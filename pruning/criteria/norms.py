"""Norms of filters: those with the largest weights are kept."""

from __future__ import annotations

import numpy as np

from pruning.criteria import Scores, scoring
from pruning.filters import FilterLayer


@scoring("l1", summary="the sum of a filter's absolute weights (Li et al. 2017)")
def l1(layer: FilterLayer) -> Scores:
    """Score by ``sum |F_i|`` (Li, Kadav, Durdanovic, Samet and Graf, ICLR 2017, section 3.1)."""
    norms: Scores = np.abs(layer.points).sum(axis=1)
    return norms


@scoring("l2", summary="the Euclidean norm of a filter's weights")
def l2(layer: FilterLayer) -> Scores:
    """Score by ``||F_i||_2``, the variant that Li et al. (ICLR 2017, section 4.4) compare with `l1`."""
    norms: Scores = np.linalg.norm(layer.points, axis=1)
    return norms
