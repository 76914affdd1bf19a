"""What a layer's output goes through next: a batch norm, a ReLU."""

from __future__ import annotations

import torch
from torch import Tensor, nn

from pruning.running import leaves, noting

Norm = nn.BatchNorm1d | nn.BatchNorm2d


def followers(module: nn.Module, pixels: Tensor, name: str) -> tuple[str | None, bool]:
    """See what follows a layer by running a few images.

    Parameters
    ----------
    module : nn.Module
        The network.
    pixels : Tensor
        A batch of images.
    name : str
        The layer.

    Returns
    -------
    str or None
        The name of the batch norm with running statistics that takes the layer's output as it is.
    bool
        Whether something later receives exactly what a ReLU, and only that, makes of it then.
    """
    output: list[Tensor] = []  # of the layer itself
    passed: list[Tensor] = []  # what a ReLU may be given; copies, as some layers work in place
    norm: str | None = None
    rectified = False

    def note(seen: str, layer: nn.Module, x: Tensor, y: Tensor) -> None:
        nonlocal norm, rectified
        rectified = rectified or any(
            x.shape == one.shape and torch.equal(x, one.relu()) for one in passed
        )
        if seen == name:
            output.append(y)
        elif _norms(layer) and output and x is output[0] and torch.equal(x, passed[0]):
            norm = seen
            passed.clear()
        else:
            return
        passed.append(y.clone())

    with noting(module, leaves(module), note):  # layers that are never called do not matter here
        module(pixels)
    return norm, rectified


def _norms(layer: nn.Module) -> bool:
    """Whether it is a batch norm in evaluation that does not go by the batch at hand."""
    return isinstance(layer, Norm) and layer.running_mean is not None


def affine(norm: Norm | None, like: Tensor) -> tuple[Tensor, Tensor]:
    """Scale and shift of a batch norm in evaluation.

    Parameters
    ----------
    norm : Norm or None
        None for a scale of 1 and no shift.
    like : Tensor, shape (outputs, ...)
        Says type, device and how many.

    Returns
    -------
    Tensor, Tensor, each of shape (outputs,)
        A scale of 1, too, where the norm ignores its input.
    """
    scale, shift = like.new_ones(len(like)), like.new_zeros(len(like))
    if norm is None or norm.running_mean is None or norm.running_var is None:
        return scale, shift
    scale = torch.rsqrt(norm.running_var + norm.eps)
    if norm.affine:
        scale, shift = scale * norm.weight.detach(), norm.bias.detach()
    scale = torch.where(scale == 0, 1.0, scale)
    return scale, shift - scale * norm.running_mean
