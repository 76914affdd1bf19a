"""The batches of an epoch: shuffled and augmented by a generator that the epoch seeds."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from dispersion.errors import InputError
from pruning.batches import check_images, inputs
from pruning.measuring.accuracy import check_labels
from pruning.training.schedule import Schedule
from pruning.zoo.network import Network

_PADDING = 4  # pixels on every side


def check_data(network: Network, images: NDArray[np.uint8], labels: NDArray[np.int64]) -> None:
    """Refuse images or labels a network cannot learn from.

    Raises
    ------
    InputError
        Images that do not fit the network, fewer than two, or labels that do not fit the images or
        the network's classes.
    """
    check_images(network, images)
    check_labels(network, len(images), labels)
    if len(images) < 2:
        raise InputError("one image is too few to train with: batch norms need two")


def epoch_seed(schedule: Schedule, epoch: int) -> int:
    """Return the seed of everything random in an epoch, which depends on no other epoch."""
    return int(np.random.SeedSequence((schedule.seed, epoch)).generate_state(1, np.uint64)[0])


def steps(schedule: Schedule, images: int) -> int:
    """Return the number of batches in an epoch; they are as equal in size as can be."""
    return -(-images // schedule.batch)


def epoch_batches(
    network: Network,
    images: NDArray[np.uint8],
    labels: NDArray[np.int64],
    schedule: Schedule,
    epoch: int,
) -> Iterator[tuple[Tensor, Tensor]]:
    """Yield all images once, in a random order that differs from epoch to epoch.

    Yields
    ------
    Tensor of float32, shape (batch, channels, height, width), and Tensor of int64, shape (batch,)
        What the network takes, and the classes; on the network's device.
    """
    generator = torch.Generator().manual_seed(epoch_seed(schedule, epoch))
    order = torch.randperm(len(images), generator=generator).numpy()
    for piece in np.array_split(order, steps(schedule, len(images))):
        pixels = torch.from_numpy(np.asarray(images[piece])).to(network.device)
        if schedule.augment:
            pixels = augmented(pixels, generator)
        truth = torch.from_numpy(np.asarray(labels[piece], dtype=np.int64)).to(network.device)
        yield inputs(network, pixels), truth


def augmented(pixels: Tensor, generator: torch.Generator) -> Tensor:
    """Shift every image by up to 4 pixels each way, filling with black, and mirror half of them.

    Parameters
    ----------
    pixels : Tensor of uint8, shape (n, height, width, channels)
        Left as they are.
    generator : torch.Generator
        On the CPU, whatever the pixels are on: the same draws everywhere.

    Returns
    -------
    Tensor of uint8, shape (n, height, width, channels)
        Random crops of the padded images.

    References
    ----------
    He et al., "Deep Residual Learning for Image Recognition" (2016), section 4.2.
    """
    n, height, width, _ = pixels.shape
    padded = torch.nn.functional.pad(pixels, (0, 0, *(4 * (_PADDING,))))
    first = torch.randint(2 * _PADDING + 1, (2, n, 1), generator=generator)
    mirrored = torch.randint(2, (n, 1), generator=generator, dtype=torch.bool)
    rows = first[0] + torch.arange(height)
    columns = first[1] + torch.arange(width)
    columns = torch.where(mirrored, columns.flip(1), columns)
    index = (torch.arange(n)[:, None, None], rows[:, :, None], columns[:, None, :])
    return padded[tuple(part.to(pixels.device) for part in index)]
