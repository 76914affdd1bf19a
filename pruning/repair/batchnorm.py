"""Repair a pruned network without training: estimate its batch norms' statistics anew."""

from __future__ import annotations

import numpy as np
import torch
from numpy.typing import NDArray
from torch.nn.modules.batchnorm import _BatchNorm

from dispersion.errors import InputError
from pruning.batches import batches
from pruning.zoo.datasets import datasets
from pruning.zoo.images import Images
from pruning.zoo.network import Network

TRAINED_ON = 45_000
"""How many of the first training images the published networks learned from; the rest is unseen."""


def learnable(images: Images) -> int:
    """How many of the first training images may be learned from.

    Those that the published networks learned from; of a folder of the user's, all.
    """
    return min(TRAINED_ON, len(images.train)) if images.name in datasets else len(images.train)


def calibration_images(
    images: Images, count: int = 1_000, seed: int = 0, pool: int | None = None
) -> NDArray[np.uint8]:
    """Draw training images without replacement.

    Parameters
    ----------
    images : Images
        Drawn from its training images.
    count : int
        How many.
    seed : int
        The same seed draws the same images.
    pool : int or None
        Draw from the first `pool` training images; None for those that may be learned from, see
        `learnable`.

    Returns
    -------
    ndarray of uint8, shape (count, height, width, channels)
        In the order of the data set.

    Raises
    ------
    InputError
        `count` is below 1 or above `pool`, or `pool` above the number of training images.
    """
    return np.asarray(images.train[_drawn(images, count, seed, pool)])


def calibration_labels(
    images: Images, count: int = 1_000, seed: int = 0, pool: int | None = None
) -> NDArray[np.int64]:
    """The classes of the images that `calibration_images` draws, shape (count,)."""
    return images.train_labels[_drawn(images, count, seed, pool)]


def _drawn(images: Images, count: int, seed: int, pool: int | None) -> NDArray[np.int64]:
    available = len(images.train)
    pool = learnable(images) if pool is None else pool
    if not 1 <= count <= pool <= available:
        raise InputError(
            f"cannot draw {count} of the first {pool} training images of {images.name}, which has"
            f" {available}"
        )
    return np.sort(np.random.default_rng(seed).choice(pool, size=count, replace=False))


def reestimate_batchnorm(network: Network, images: NDArray[np.uint8], batch: int = 100) -> Network:
    """Replace the running statistics of all batch norms by averages over `images`.

    Pruning shifts what reaches a batch norm, so the statistics of the unpruned network mislead it;
    weights stay as they are.  Dropout stays off.  The answer is deterministic on a CPU.

    Parameters
    ----------
    network : Network
        Left as it is.
    images : ndarray of uint8, shape (n, height, width, channels)
        Training images, two or more.
    batch : int
        The most images in a batch, at least 3, so that none is ever left alone; every batch counts
        the same, and they are as equal in size as can be.

    Returns
    -------
    Network
        A copy in evaluation mode; without batch norms, an equal one.

    Raises
    ------
    InputError
        Fewer than two images or images that do not fit the network, or a batch below 3.

    References
    ----------
    Li et al., "EagleEye: Fast Sub-net Evaluation for Efficient Neural Network Pruning" (2020),
    section 3.3.
    """
    if len(images) < 2 or batch < 3:
        raise InputError(
            f"batch norms need 2 images or more, in batches of 3 or more, not {len(images)} in"
            f" batches of {batch}"
        )
    repaired = network.copy()
    norms = [module for module in repaired.module.modules() if isinstance(module, _BatchNorm)]
    momenta = [norm.momentum for norm in norms]
    for norm in norms:
        norm.reset_running_stats()
        norm.momentum = None  # a plain average over the batches
        norm.train()
    with torch.inference_mode():
        for inputs in batches(repaired, images, batch):
            repaired.module(inputs)
    for norm, momentum in zip(norms, momenta, strict=True):
        norm.momentum = momentum
        norm.eval()
    return repaired
