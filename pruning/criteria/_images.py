"""The first feature maps of a layer."""

from __future__ import annotations

from collections.abc import Iterator

from torch import Tensor

from pruning.calibration import Calibration


def first_maps(calibration: Calibration, layer: str, images: int) -> Iterator[Tensor]:
    """Yield a layer's feature maps of at most so many images, shape (batch, n, height, width)."""
    for maps in calibration.maps(layer):
        yield maps[:images]
        images -= len(maps)
        if images <= 0:
            return
