"""The few images on which cut networks are checked."""

from __future__ import annotations

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from pruning.batches import inputs
from pruning.zoo.network import Network

_IMAGES = 8
_AT_ONCE = 2**18  # numbers in a batch of images


def trial_pixels(network: Network, images: NDArray[np.uint8] | None = None) -> NDArray[np.uint8]:
    """Take the first eight images; make random ones if there are fewer.

    Returns
    -------
    ndarray of uint8, shape (8, height, width, channels)
        The pixels.
    """
    channels, height, width = network.input_shape
    if images is not None and len(images) >= _IMAGES:
        return np.asarray(images[:_IMAGES])
    rng = np.random.default_rng(0)
    noise = rng.integers(0, 256, (_IMAGES, height, width, channels))
    brightness = rng.uniform(0.2, 1.0, (_IMAGES, 1, 1, channels))  # it survives averaging
    return (noise * brightness).astype(np.uint8)


def as_batches(
    network: Network, pixels: NDArray[np.uint8], dtype: torch.dtype | None = None
) -> list[Tensor]:
    """Scale pixels to what a network takes, in batches.

    Parameters
    ----------
    network : Network
        Its normalisation is used.
    pixels : ndarray of uint8, shape (n, height, width, channels)
        The images.
    dtype : torch.dtype or None
        The type on the CPU; None for float32 on the network's device.
    """
    size = max(1, _AT_ONCE // pixels[0].size)
    whole = inputs(network, torch.from_numpy(pixels)).contiguous()
    whole = whole.to(network.device) if dtype is None else whole.to(dtype)
    return list(torch.split(whole, size))
