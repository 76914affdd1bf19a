"""Turn images in memory into the batches of floats that a network takes."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from dispersion.errors import InputError
from pruning.zoo.network import Network


def batches(network: Network, images: NDArray[np.uint8], size: int) -> Iterator[Tensor]:
    """Yield images, scaled and normalised as the network was trained, one batch at a time.

    Parameters
    ----------
    network : Network
        Its input shape, normalisation and device are used.
    images : ndarray of uint8, shape (n, height, width, channels)
        At least one.
    size : int
        The most images in a batch; batches are as equal in size as can be.

    Yields
    ------
    Tensor of float32, shape (batch, channels, height, width)
        ``x / 255``, normalised where the network asks for it, on the network's device.

    Raises
    ------
    InputError
        Images of another type or shape, none at all, or a size below 1.
    """
    check_images(network, images)
    if size < 1:
        raise InputError(f"a batch holds at least one image, not {size}")
    for piece in pieces(len(images), size):
        part = np.array(images[piece])  # a copy: memory maps are read-only
        yield inputs(network, torch.from_numpy(part).to(network.device)).contiguous()


def pieces(count: int, size: int) -> list[slice]:
    """Split `count` images into batches of at most `size`, as equal as can be."""
    parts = np.array_split(np.arange(count), -(-count // size))
    return [slice(int(part[0]), int(part[-1]) + 1) for part in parts]


def example_input(network: Network) -> Tensor:
    """Return a zero image as a batch of one, on the network's device."""
    return torch.zeros(1, *network.input_shape, device=network.device)


def inputs(network: Network, pixels: Tensor) -> Tensor:
    """Scale and normalise one batch of pixels as the network was trained.

    Parameters
    ----------
    network : Network
        Its normalisation is used.
    pixels : Tensor of uint8, shape (batch, height, width, channels)
        On any device.

    Returns
    -------
    Tensor of float32, shape (batch, channels, height, width)
        On the same device, channels last in memory.
    """
    scaled = pixels.permute(0, 3, 1, 2).float().div_(255)
    if network.normalization is None:
        return scaled
    mean = torch.tensor(network.normalization.mean, device=scaled.device).view(1, -1, 1, 1)
    std = torch.tensor(network.normalization.std, device=scaled.device).view(1, -1, 1, 1)
    return (scaled - mean) / std


def check_images(network: Network, images: NDArray[np.uint8]) -> None:
    """Refuse images that do not fit the network.

    Raises
    ------
    InputError
        The images have another type or shape, or there are none.
    """
    channels, height, width = network.input_shape
    if not isinstance(images, np.ndarray):
        raise InputError(
            f"images must be a numpy array of uint8, not {type(images).__name__}; of a tensor, give"
            " its .numpy()."
        )
    if images.dtype != np.uint8:
        raise InputError(f"images must be uint8, not {images.dtype}")
    if images.ndim != 4 or images.shape[1:] != (height, width, channels) or len(images) == 0:
        raise InputError(
            f"{network.name} takes images of shape (n, {height}, {width}, {channels}), n > 0;"
            f" these are {images.shape}"
        )
