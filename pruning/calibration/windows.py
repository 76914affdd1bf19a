"""The parts of its inputs that a layer multiplies with its weights: one row per output position."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass

import torch
from torch import Tensor, nn

_PLACES = 64  # at which a window is held against what the layer really makes
_TOLERANCE = 1e-2  # of the largest output: above the rounding of a GPU's short floats


@dataclass(frozen=True, slots=True)
class Window:
    """How a plain convolution or a linear layer goes over its inputs.

    Parameters
    ----------
    module : nn.Conv2d or nn.Linear
        The layer, or one with the same kernel, stride and dilation.
    padding : tuple of int
        What is put around the inputs: left, right, top, bottom.
    mode : str
        The padding mode, as `torch.nn.functional.pad` takes it.
    """

    module: nn.Conv2d | nn.Linear
    padding: tuple[int, int, int, int] = (0, 0, 0, 0)
    mode: str = "constant"

    @property
    def taps(self) -> int:
        """How many places of its inputs the layer sees at once: those of the kernel, or 1."""
        return 1 if isinstance(self.module, nn.Linear) else math.prod(self.module.kernel_size)

    def places(self, inputs: Tensor) -> int:
        """How many times the layer is applied to one input: output positions, or 1 if it is linear."""
        if isinstance(self.module, nn.Linear):
            return 1
        height, width = self.size(inputs)
        return height * width

    def size(self, inputs: Tensor) -> tuple[int, int]:
        """Height and width of a convolution's output."""
        left, right, top, bottom = self.padding
        heights, widths = inputs.shape[2] + top + bottom, inputs.shape[3] + left + right
        return self._steps(heights, 0), self._steps(widths, 1)

    def patches(self, inputs: Tensor, where: Tensor) -> Tensor:
        """What the layer multiplies its weights with.

        Parameters
        ----------
        inputs : Tensor, shape (batch, channels, height, width) or (batch, features)
            What it is called with.
        where : Tensor of int64, shape (places,)
            Output positions, numbered row by row; see `places`.

        Returns
        -------
        Tensor, shape (batch * places, columns)
            Rows ordered by image, then place; columns as in the layer's weight, flattened.
        """
        rows = self.gathered(inputs, where)
        if isinstance(self.module, nn.Linear):
            return rows
        return rows.view(len(rows), -1, inputs.shape[1]).transpose(1, 2).flatten(1)

    def gathered(self, inputs: Tensor, where: Tensor, out: Tensor | None = None) -> Tensor:
        """The rows of `patches`, faster: columns ordered by place in the kernel, then channel.

        All channels of a place are copied together, into `out` if that is given.  `columns` orders
        weights in the same way.
        """
        conv = self.module
        if isinstance(conv, nn.Linear):
            return inputs if out is None else out.copy_(inputs)
        across = self.size(inputs)[1]
        padded = (
            nn.functional.pad(inputs, self.padding, mode=self.mode) if any(self.padding) else inputs
        )
        width = padded.shape[3]
        corners = where // across * conv.stride[0] * width + where % across * conv.stride[1]
        down, right = (
            torch.arange(size, device=where.device) * step
            for size, step in zip(conv.kernel_size, conv.dilation, strict=True)
        )
        seen = (corners[:, None] + (down[:, None] * width + right).flatten()).flatten()
        maps = padded.permute(0, 2, 3, 1).flatten(1, 2)
        if out is None:
            return maps.index_select(1, seen).reshape(len(inputs) * len(where), -1)
        torch.index_select(maps, 1, seen, out=out.view(len(inputs), len(seen), maps.shape[2]))
        return out

    def columns(self, weight: Tensor) -> Tensor:
        """Arrange weights of the layer, or of one cut from it, for rows from `gathered`.

        The shape (outputs, channels, height, width), or (outputs, features), becomes (columns,
        outputs).
        """
        return (weight.permute(0, 2, 3, 1) if weight.ndim == 4 else weight).flatten(1).T

    def weight(self, columns: Tensor, like: Tensor) -> Tensor:
        """The reverse of `columns`, in the shape of `like`."""
        if like.ndim == 2:
            return columns.T
        outputs, channels, *kernel = like.shape
        return columns.T.reshape(outputs, *kernel, channels).permute(0, 3, 1, 2)

    def explains(self, inputs: Tensor, outputs: Tensor) -> bool:
        """Whether the weights, applied to `patches`, give the outputs; checked at up to 64 places."""
        module, there = self.module, self.places(inputs)
        where = torch.linspace(0, there - 1, min(there, _PLACES), device=inputs.device).long()
        made = self.patches(inputs, where) @ module.weight.detach().flatten(1).T
        if module.bias is not None:
            made = made + module.bias.detach()
        off = (made - outputs_at(outputs, where)).abs().max()
        return bool(off <= _TOLERANCE * outputs.abs().max())

    def _steps(self, length: int, axis: int) -> int:
        assert isinstance(self.module, nn.Conv2d)
        return (length - _reach(self.module, axis)) // self.module.stride[axis] + 1


def window(module: nn.Module, inputs: Tensor, outputs: Tensor) -> Window | None:
    """Find how a layer goes over its inputs, by what it makes of them.

    This also recognises layers that pad inside their own ``forward``, as for TensorFlow's "same"
    padding.

    Parameters
    ----------
    module : nn.Module
        The layer.
    inputs, outputs : Tensor
        What it was given, and what it made of it.

    Returns
    -------
    Window or None
        None if the layer is no plain convolution and no linear layer given one vector an image, or
        makes something else of its weights than such a layer would.
    """
    if isinstance(module, nn.Linear):
        candidates = [Window(module)] if inputs.ndim == 2 else []
    elif isinstance(module, nn.Conv2d) and module.groups == 1:
        size = tuple(outputs.shape[2:])
        candidates = [one for one in _candidates(module, inputs, size) if one.size(inputs) == size]
    else:
        candidates = []
    return next((one for one in candidates if one.explains(inputs, outputs)), None)


def outputs_at(outputs: Tensor, where: Tensor) -> Tensor:
    """Take the outputs of a layer at places, in the order of `Window.patches`: (rows, outputs)."""
    if outputs.ndim == 2:
        return outputs
    return outputs.flatten(2)[:, :, where].transpose(1, 2).flatten(0, 1)


def _candidates(conv: nn.Conv2d, inputs: Tensor, size: tuple[int, ...]) -> Iterator[Window]:
    """The padding a convolution declares, then what would make its outputs as large as they are."""
    left, right, top, bottom = conv._reversed_padding_repeated_twice
    mode = "constant" if conv.padding_mode == "zeros" else conv.padding_mode
    yield Window(conv, (left, right, top, bottom), mode)
    high, wide = (
        max(0, (size[axis] - 1) * conv.stride[axis] + _reach(conv, axis) - inputs.shape[2 + axis])
        for axis in (0, 1)
    )
    yield Window(conv, (wide // 2, wide - wide // 2, high // 2, high - high // 2))
    yield Window(conv, (wide - wide // 2, wide // 2, high - high // 2, high // 2))


def _reach(conv: nn.Conv2d, axis: int) -> int:
    """How many rows (axis 0) or columns (1) of its inputs the kernel spans."""
    return conv.dilation[axis] * (conv.kernel_size[axis] - 1) + 1
