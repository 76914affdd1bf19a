"""Filters as their feature maps on calibration images."""

from __future__ import annotations

import numpy as np
import torch
from torch import Tensor

from pruning.calibration import Calibration
from pruning.filters import FilterLayer
from pruning.parameters import need
from pruning.spaces import Points, space


@space("activations", summary="the feature maps of a filter on calibration images, centred")
def activations(
    layer: FilterLayer,
    *,
    calibration: Calibration,
    images: int = 500,
    coordinates: int = 4096,
    seed: int = 0,
) -> Points:
    """Take feature maps at randomly drawn pixels.

    Parameters
    ----------
    layer : FilterLayer
        Its filters.
    calibration : Calibration
        The layer's network with images.
    images : int
        The most images used, the first ones.
    coordinates : int
        The most pixels used, of the feature maps of all images; the same ones for every filter.
    seed : int
        Draws them.

    Returns
    -------
    ndarray of float64, shape (n, d)
        Centred, over the root of d: squared distances estimate the mean squared difference of two
        filters' feature maps, each less its mean.
    """
    need(images >= 1, f"activations needs 1 image or more, not {images}.")
    need(coordinates >= 1, f"activations needs 1 coordinate or more, not {coordinates}.")
    seen = min(images, len(calibration.images))
    rng, places, before = np.random.default_rng(seed), None, 0
    parts: list[Tensor] = []
    for maps in calibration.maps(layer.name, images):
        area = maps.shape[2] * maps.shape[3]
        if places is None:
            total = seen * area
            places = np.sort(rng.choice(total, min(coordinates, total), replace=False))
        here = places[(places >= before) & (places < before + len(maps) * area)] - before
        before += len(maps) * area
        flat = maps.transpose(0, 1).flatten(1)
        parts.append(flat[:, torch.from_numpy(here).to(flat.device)].double())
    points: Points = torch.cat(parts, dim=1).cpu().numpy()
    points -= points.mean(axis=1, keepdims=True)
    points /= np.sqrt(points.shape[1])
    return points
