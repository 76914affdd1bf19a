"""Training images drawn for calibration."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from dispersion.errors import InputError
from pruning.zoo.images import Images


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
        Draw from the first `pool` training images; None for `Images.learnable`, those that may be
        learned from.

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
    pool = images.learnable if pool is None else pool
    if not 1 <= count <= pool <= available:
        raise InputError(
            f"cannot draw {count} of the first {pool} training images of {images.name}, which has"
            f" {available}"
        )
    return np.sort(np.random.default_rng(seed).choice(pool, size=count, replace=False))
