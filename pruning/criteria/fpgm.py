"""FPGM: filters near the geometric median can be replaced by the others."""

from __future__ import annotations

from dispersion.metrics import distances
from pruning.criteria import Scores, scoring
from pruning.filters import FilterLayer


@scoring("fpgm", summary="the sum of distances to the other filters (He et al. 2019)")
def fpgm(layer: FilterLayer) -> Scores:
    """Score by sum_j ||F_i - F_j||_2: filters near the geometric median of the layer go first.

    The formula of the paper (He, Liu, Wang, Hu and Yang, CVPR 2019, section 3.3).  The implementation
    in the library torch-pruning raises weights to a power before it takes distances, and ranks
    differently.
    """
    total: Scores = distances(layer.points).sum(axis=1)
    return total
