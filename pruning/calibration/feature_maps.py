"""The feature maps that a layer sends to the layers after it."""

from __future__ import annotations

import torch
from torch import Tensor, nn

from pruning.tracing.hooks import leaves, run_until_seen


def feature_maps(module: nn.Module, pixels: Tensor, layer: str, consumer: str) -> Tensor:
    """The maps of a layer's channels as the layer that takes them in receives them.

    Parameters
    ----------
    module : nn.Module
        The network.
    pixels : Tensor, shape (batch, channels, height, width)
        Images.
    layer : str
        The convolution that makes the channels.
    consumer : str
        A layer that takes them in.

    Returns
    -------
    Tensor, shape (batch, n, height, width)
        After batch norm and activation.  Where pooling, flattening or other channels come between, the
        last maps before that, as large as the convolution's.
    """
    maps: list[Tensor] = []

    def note(name: str, _: nn.Module, x: Tensor, y: Tensor) -> None:
        if name == layer:
            maps.append(y)
        elif maps and x.shape == maps[0].shape and (name == consumer or _goes_on(maps[-1], x)):
            maps.append(x)
            if name != consumer and y.shape == x.shape:
                maps.append(y)

    run_until_seen(module, pixels, leaves(module), note, last=consumer)
    return maps[-1]


def _goes_on(maps: Tensor, x: Tensor) -> bool:
    """Whether a later layer is given these maps, or what a ReLU that is no layer makes of them."""
    return x is maps or torch.equal(x, maps) or torch.equal(x, maps.relu())
