"""What a network is worth and what it costs."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from dispersion.errors import InputError
from pruning.batches import batches
from pruning.graph import example_input
from pruning.zoo.network import Network


@dataclass(frozen=True, slots=True)
class Cost:
    """The size of a network.

    Parameters
    ----------
    parameters : int
        Weights and biases, batch norms' included, running statistics not.
    macs : int
        Multiply-accumulates (MACs, not FLOPs: half of those) of convolutions and linear layers for
        one image, biases not counted.
    """

    parameters: int
    macs: int


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
    if labels.shape != (len(images),):
        raise InputError(f"{len(images)} images need as many labels, not shape {labels.shape}")
    if not 1 <= top <= network.classes:
        raise InputError(f"top-{top} is undefined among {network.classes} classes")
    if len(labels) and not 0 <= labels.min() <= labels.max() < network.classes:
        raise InputError(
            f"labels lie in {labels.min()}..{labels.max()}, but {network.name} has"
            f" {network.classes} classes"
        )
    right, start = 0, 0
    with torch.inference_mode():
        for inputs in batches(network, images, batch):
            truth = torch.from_numpy(np.array(labels[start : start + len(inputs)]))
            right += _right(network.module(inputs), truth.to(inputs.device), top)
            start += len(inputs)
    return right / len(images)


def cost(network: Network) -> Cost:
    """Count a network's parameters and the MACs of one image.

    Parameters
    ----------
    network : Network
        Left as it is.

    Returns
    -------
    Cost
        Counted by running it once.
    """
    module = network.copy().module
    macs = 0

    def count(layer: nn.Module, _: object, output: Tensor) -> None:
        # each output value is a sum over one filter; torch-pruning's counter adds norms and ReLUs
        nonlocal macs
        weight = layer.get_parameter("weight")
        macs += output.numel() * weight[0].numel()

    for layer in module.modules():
        if isinstance(layer, (nn.Conv2d, nn.Linear)):
            layer.register_forward_hook(count)
    with torch.inference_mode():
        module(example_input(network))
    return Cost(sum(parameter.numel() for parameter in module.parameters()), macs)


def _right(logits: Tensor, truth: Tensor, top: int) -> int:
    """Count the rows of `logits` that have their true class among the `top` largest."""
    guessed = logits.topk(top, dim=1).indices.eq(truth[:, None]).any(dim=1)
    return int((guessed & ~logits.isnan().any(dim=1)).sum())
