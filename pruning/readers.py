"""The layers that read the channels of a coupling, and what of their inputs they see at once."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from dispersion.errors import InputError
from pruning.graph import Coupling, Trace
from pruning.ledger import INPUT_CUTTERS


@dataclass(frozen=True, slots=True, eq=False)
class Reader:
    """A convolution or linear layer that takes in the channels of a coupling.

    Parameters
    ----------
    name : str
        Its dotted name.
    columns : ndarray of int64, shape (n, k)
        For each of the n channels, the columns of the reader's weight (flattened to one row an
        output) that act on it: the kernel's positions, or the features a channel was flattened to.
    """

    name: str
    columns: NDArray[np.int64]


def readers(traced: Trace, coupling: Coupling) -> list[Reader]:
    """Find the layers that read a coupling's channels.

    Parameters
    ----------
    traced : Trace
        The network's.
    coupling : Coupling
        One of its couplings.

    Returns
    -------
    list of Reader
        In the order torch-pruning finds them; none where only the network's output does.
    """
    found = []
    for dep, indices in traced.group(coupling, range(coupling.channels)):
        if dep.handler in INPUT_CUTTERS:
            module = dep.target.module
            inputs = np.asarray(indices, dtype=np.int64).reshape(coupling.channels, -1)
            area = module.weight[0, 0].numel()
            columns = inputs[:, :, None] * area + np.arange(area)
            found.append(Reader(traced.names[module], columns.reshape(coupling.channels, -1)))
    return found


def places(module: nn.Module, inputs: Tensor) -> int:
    """How many times a layer is applied to one input: output positions, or 1 for a linear layer."""
    if not isinstance(module, nn.Conv2d):
        return 1
    padded = _padded(module, inputs[:1])
    return int(np.prod([_starts(module, padded, axis) for axis in (0, 1)]))


def plain(module: nn.Module, inputs: Tensor) -> bool:
    """Whether a layer is a convolution without groups, or a linear layer given one vector an image."""
    if isinstance(module, nn.Conv2d):
        return module.groups == 1
    return isinstance(module, nn.Linear) and inputs.ndim == 2


def patches(module: nn.Module, inputs: Tensor, where: Tensor) -> Tensor:
    """What a layer multiplies its weights with.

    Parameters
    ----------
    module : nn.Conv2d or nn.Linear
        The layer; a convolution without groups.
    inputs : Tensor, shape (batch, channels, height, width) or (batch, features)
        What it is called with.
    where : Tensor of int64, shape (places,)
        Output positions, numbered row by row; see `places`.

    Returns
    -------
    Tensor, shape (batch * places, columns)
        Rows ordered by image, then place; columns as in the layer's weight, flattened.

    Raises
    ------
    InputError
        The layer is of another kind.
    """
    if not plain(module, inputs):
        raise InputError(f"only plain convolutions and linear layers can be refitted, not {module}")
    if not isinstance(module, nn.Conv2d):
        return inputs
    padded = _padded(module, inputs)
    across = _starts(module, padded, 1)
    rows, columns = where // across * module.stride[0], where % across * module.stride[1]
    seen = [
        padded[:, :, rows + y * module.dilation[0], columns + x * module.dilation[1]]
        for y in range(module.kernel_size[0])
        for x in range(module.kernel_size[1])
    ]
    return torch.stack(seen, dim=2).flatten(1, 2).transpose(1, 2).flatten(0, 1)


def outputs_at(outputs: Tensor, where: Tensor) -> Tensor:
    """The outputs of a layer at the same places, in the same order: shape (rows, outputs)."""
    if outputs.ndim == 2:
        return outputs
    return outputs.flatten(2)[:, :, where].transpose(1, 2).flatten(0, 1)


def _padded(module: nn.Conv2d, inputs: Tensor) -> Tensor:
    mode = "constant" if module.padding_mode == "zeros" else module.padding_mode
    return nn.functional.pad(inputs, module._reversed_padding_repeated_twice, mode=mode)


def _starts(module: nn.Conv2d, padded: Tensor, axis: int) -> int:
    """How many positions the kernel takes along the height (0) or the width (1)."""
    reach = module.dilation[axis] * (module.kernel_size[axis] - 1) + 1
    return int((padded.shape[2 + axis] - reach) // module.stride[axis] + 1)
