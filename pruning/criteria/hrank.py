"""HRank: filters whose feature maps have a low rank carry little information."""

from __future__ import annotations

import numpy as np
import torch

from pruning.calibration import Calibration
from pruning.criteria import Scores, scoring
from pruning.filters import FilterLayer
from pruning.parameters import need


@scoring("hrank", summary="the mean rank of a filter's feature maps (Lin et al. 2020)")
def hrank(layer: FilterLayer, *, calibration: Calibration, images: int = 500) -> Scores:
    """Score by the matrix rank of the feature map, averaged over images.

    HRank (Lin, Ji, Wang, Zhang, Zhang, Tian and Shao, CVPR 2020, section 3.2).

    Parameters
    ----------
    layer : FilterLayer
        Its filters.
    calibration : Calibration
        The layer's network with images.
    images : int
        The most images used, the first ones; the paper takes 500.

    Notes
    -----
    A singular value counts if it exceeds the largest one times the map's longer side times the float32
    rounding error, the rule of torch.  Maps of few positions have few ranks: filters often tie.
    """
    need(images >= 1, f"hrank needs 1 image or more, not {images}.")
    total, seen = np.zeros(len(layer.points)), 0
    for maps in calibration.maps(layer.name, images):
        total += torch.linalg.matrix_rank(maps.cpu()).sum(dim=0).numpy()
        seen += len(maps)
    return total / seen
