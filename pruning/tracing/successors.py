"""The successors of a layer: the batch norm, addition or ReLU that its output goes through next."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import torch
from torch import Tensor, nn
from torch.nn.modules.batchnorm import _BatchNorm

from pruning.tracing.hooks import leaves, noting

Norm = _BatchNorm  # of any number of dimensions, synchronised ones too


@dataclass(frozen=True, slots=True)
class Shortcut:
    """A tensor from earlier in the network: the input or the output of a layer called before.

    Parameters
    ----------
    layer : str
        The layer's name.
    made : bool
        Whether it is that layer's output, not its input.
    """

    layer: str
    made: bool

    def of(self, inputs: Tensor, output: Tensor) -> Tensor:
        """Choose the input or the output of a call of the layer."""
        return output if self.made else inputs


@dataclass(frozen=True, slots=True)
class Successors:
    """What comes after a layer.

    Parameters
    ----------
    norm : str or None
        The name of the batch norm with running statistics that takes the layer's output as it is.
    shortcut : Shortcut or None
        What is added to that, if it was computed before the layer was called.
    rectified : bool
        Whether the result then goes through a ReLU and nothing else before a later layer receives it,
        or before the block that holds the layer returns it.
    """

    norm: str | None = None
    shortcut: Shortcut | None = None
    rectified: bool = False


def successors(module: nn.Module, pixels: Tensor, names: Sequence[str]) -> dict[str, Successors]:
    """Find what follows layers, by running a few images.

    One run notes the shapes of the outputs; then one more serves all layers whose outputs have the
    same shape.

    Parameters
    ----------
    module : nn.Module
        The network.
    pixels : Tensor, shape (batch, channels, height, width)
        A batch of images.
    names : sequence of str
        The layers.

    Returns
    -------
    dict of str to Successors
        By layer.
    """
    shapes: dict[str, torch.Size] = {}

    def note(name: str, _: nn.Module, __: Tensor, y: Tensor) -> None:
        shapes.setdefault(name, y.shape)

    with noting(module, names, note):
        module(pixels)
    observed: dict[str, Successors] = {}
    for shape in dict.fromkeys(shapes.values()):
        watches = _Watches([name for name in names if shapes[name] == shape], shape)
        with (
            noting(module, leaves(module), watches.note),
            noting(module, watches.blocks, watches.after),
        ):
            module(pixels)  # layers that are never called do not matter
        observed |= watches.results()
    return observed


class _Watches:
    """Watches of all layers whose outputs have the same shape, and the tensors of that shape."""

    def __init__(self, names: Sequence[str], shape: torch.Size) -> None:
        self._shape = shape
        self._seen: dict[Shortcut, Tensor] = {}  # copies, as some layers work in place
        self._watches = {name: _Watch() for name in names}
        self.blocks = list(dict.fromkeys(block for name in names for block in _blocks(name)))

    def note(self, seen: str, layer: nn.Module, x: Tensor, y: Tensor) -> None:
        """Note a call of a layer that has no layers inside."""
        for name, watch in self._watches.items():
            if name == seen:
                watch.start(y, self._seen)
            else:
                watch.note(seen, layer, x, y)
        for key, one in ((Shortcut(seen, False), x), (Shortcut(seen, True), y)):
            if one.shape == self._shape:
                self._seen[key] = one.clone()

    def after(self, block: str, _: nn.Module, __: Tensor, y: Tensor) -> None:
        """Note the output of a block of layers."""
        for name, watch in self._watches.items():
            if block in _blocks(name):
                watch.compare(y)

    def results(self) -> dict[str, Successors]:
        """The successors observed so far."""
        return {
            name: Successors(one.norm, one.shortcut, one.rectified)
            for name, one in self._watches.items()
        }


class _Watch:
    """Looks at what happens after a call of a layer."""

    def __init__(self) -> None:
        self.norm: str | None = None
        self.shortcut: Shortcut | None = None
        self.rectified = False
        self._earlier: dict[Shortcut, Tensor] = {}  # what may be added
        self._output: Tensor | None = None  # of the layer itself
        self._passed: Tensor | None = None  # what became of it: what a ReLU may be given

    def start(self, output: Tensor, earlier: dict[Shortcut, Tensor]) -> None:
        """Note a call of the layer itself; what was seen before its first call may be added."""
        if self._passed is None:
            self._earlier = dict(earlier)
        self._output, self._passed = output, output.clone()

    def note(self, seen: str, layer: nn.Module, x: Tensor, y: Tensor) -> None:
        """Note a call of another layer."""
        if self._passed is None:
            return
        if _norms(layer) and x is self._output and torch.equal(x, self._passed):
            self.norm, self._passed = seen, y.clone()
        else:
            self.compare(x)

    def compare(self, later: Tensor) -> None:
        """Compare a later tensor with what has become of the output so far."""
        passed = self._passed
        if passed is None or self.rectified or later.shape != passed.shape:
            return
        self.rectified = torch.equal(later, passed.relu())
        if self.rectified or self.shortcut is not None or torch.equal(later, passed):
            return
        first = later[:1], passed[:1]
        for key, one in self._earlier.items():
            if not _sums(first[0], first[1] + one[:1]):
                continue  # most: one image shows it
            total = passed + one
            self.rectified = torch.equal(later, total.relu())
            if self.rectified or torch.equal(later, total):
                self.shortcut, self._passed = key, total
                return


def _sums(tensor: Tensor, total: Tensor) -> bool:
    """Whether a tensor is this sum, or what a ReLU makes of it."""
    return torch.equal(tensor, total) or torch.equal(tensor, total.relu())


def _blocks(name: str) -> list[str]:
    """The names of the modules that hold a layer, but for the network itself."""
    parts = name.split(".")
    return [".".join(parts[:k]) for k in range(1, len(parts))]


def _norms(layer: nn.Module) -> bool:
    """Whether it is a batch norm with running statistics, so that it ignores the batch at hand."""
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
