"""Top-1 and top-5 accuracy, with confidence intervals."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from dispersion.errors import InputError
from pruning.batches import batches
from pruning.measuring.intervals import Interval, wilson
from pruning.zoo.network import Network


@dataclass(frozen=True, slots=True)
class Share:
    """A share of images that were classified correctly: `right` of `of`."""

    right: int
    of: int

    @property
    def value(self) -> float:
        """The share, in [0, 1]."""
        return self.right / self.of

    @property
    def interval(self) -> Interval:
        """Ends of the 95 % interval of the share among all images like these; see `wilson`."""
        return wilson(self.right, self.of)


@dataclass(frozen=True, slots=True)
class Accuracies:
    """How often the label is the largest logit, and how often among the five largest.

    Parameters
    ----------
    top1 : Share
        Top-1 accuracy.
    top5 : Share or None
        Top-5 accuracy; None among five classes or fewer, where it says nothing.
    """

    top1: Share
    top5: Share | None


def accuracies(
    network: Network, images: NDArray[np.uint8], labels: NDArray[np.int64], *, batch: int = 100
) -> Accuracies:
    """Measure top-1 and top-5 accuracy in one pass.

    Parameters
    ----------
    network, images, labels, batch
        As in `accuracy`.

    Returns
    -------
    Accuracies
        With 95 % intervals.

    Raises
    ------
    InputError
        As in `accuracy`.
    """
    tops = [top for top in (1, 5) if top == 1 or top < network.classes]
    shares = [Share(right, len(images)) for right in _hits(network, images, labels, tops, batch)]
    return Accuracies(shares[0], shares[1] if len(shares) > 1 else None)


def accuracy(
    network: Network,
    images: NDArray[np.uint8],
    labels: NDArray[np.int64],
    *,
    top: int = 1,
    batch: int = 100,
) -> float:
    """Measure the share of images whose label is among the `top` largest logits.

    Parameters
    ----------
    network : Network
        Run where it is; deterministic on a CPU.
    images : ndarray of uint8, shape (n, height, width, channels)
        At least one.
    labels : ndarray of int64, shape (n,)
        Their classes.
    top : int
        1 for top-1, 5 for top-5.
    batch : int
        The most images run at once.

    Returns
    -------
    float
        In [0, 1].  An image with a logit that is not a number counts as wrong.

    Raises
    ------
    InputError
        Labels that do not fit the images or the network's classes, `top` out of range, or images
        that do not fit the network.
    """
    (right,) = _hits(network, images, labels, (top,), batch)
    return right / len(images)


def _hits(
    network: Network,
    images: NDArray[np.uint8],
    labels: NDArray[np.int64],
    tops: Sequence[int],
    batch: int,
) -> list[int]:
    """Count, for each of `tops`, the images whose label is among so many largest logits."""
    for top in tops:
        if not 1 <= top <= network.classes:
            raise InputError(f"top-{top} is undefined among {network.classes} classes")
    check_labels(network, len(images), labels)
    right, start = [0] * len(tops), 0
    with torch.inference_mode():
        for inputs in batches(network, images, batch):
            truth = torch.from_numpy(np.array(labels[start : start + len(inputs)])).to(inputs.device)
            logits = network.module(inputs)
            right = [
                so_far + _right(logits, truth, top) for so_far, top in zip(right, tops, strict=True)
            ]
            start += len(inputs)
    return right


def check_labels(network: Network, images: int, labels: NDArray[np.int64]) -> None:
    """Refuse labels that are not one per image, or name classes that the network lacks.

    Raises
    ------
    InputError
        The labels do not fit.
    """
    if labels.shape != (images,):
        raise InputError(f"{images} images need as many labels, not shape {labels.shape}")
    if images and not 0 <= labels.min() <= labels.max() < network.classes:
        raise InputError(
            f"labels lie in {labels.min()}..{labels.max()}, but {network.name} has"
            f" {network.classes} classes"
        )


def _right(logits: Tensor, truth: Tensor, top: int) -> int:
    """Count the rows of `logits` that have their true class among the `top` largest."""
    guessed = logits.topk(top, dim=1).indices.eq(truth[:, None]).any(dim=1)
    return int((guessed & ~logits.isnan().any(dim=1)).sum())
