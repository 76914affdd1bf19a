"""The Euclidean norm of the weights."""

from __future__ import annotations

import numpy as np

from pruning.criteria import Scores, scoring
from pruning.filters import FilterLayer


@scoring("l2", summary="the Euclidean norm of a filter's weights")
def l2(layer: FilterLayer) -> Scores:
    """Score by ``||F_i||_2``, the variant that Li et al. (ICLR 2017, section 4.4) compare with `l1`."""
    norms: Scores = np.linalg.norm(layer.points, axis=1)
    return norms
