"""Parameters and MACs of a pruned network from how many filters each layer keeps, without cutting it.

A weight has rows and columns.  Each is either fixed or goes with a filter of one layer, so the size
of a weight is a product of two sums of counts, and the size of a network a quadratic form in them.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor, nn

from dispersion.errors import ContradictionError, InputError, UnknownNameError
from pruning.graph import Trace, example_input, trace
from pruning.ledger import CUT_TYPES, INPUT_CUTTERS
from pruning.measure import Cost, cost
from pruning.quadratic import Counts, Quadratic, folded
from pruning.zoo.network import Network

_Axis = tuple[nn.Module, int]
_COUNTED = (nn.Conv2d, nn.Linear)


@dataclass(frozen=True, slots=True)
class Term:
    """``coefficient * count of rows * count of columns``, where None stands for 1."""

    coefficient: int
    rows: str | None
    columns: str | None


@dataclass(frozen=True, slots=True, eq=False)
class SizeModel:
    """What a network costs, by how many filters its layers keep.

    Attributes
    ----------
    network : str
        Its name.
    channels : dict of str to int
        Of every prunable layer, by the name of its `FilterLayer` in forward order: its filters.
    macs, parameters : Quadratic
        In the counts of those layers; counted as `pruning.cost` does.
    """

    network: str
    channels: dict[str, int]
    macs: Quadratic
    parameters: Quadratic

    def cost(self, counts: Mapping[str, int]) -> Cost:
        """The size of the network that keeps `counts` filters.

        Parameters
        ----------
        counts : mapping of str to int
            How many filters a layer keeps; a layer not named keeps all.

        Returns
        -------
        Cost
            What `pruning.cost` counts in any network cut so, whichever filters stay.

        Raises
        ------
        InputError
            A layer is unknown, or has fewer filters than it is to keep, or is to keep none.
        """
        for name, count in counts.items():
            if name not in self.channels:
                raise UnknownNameError("layer", name, self.channels)
            if not 1 <= count <= self.channels[name]:
                raise InputError(
                    f"layer {name!r} has {self.channels[name]} filters and cannot keep {count}"
                )
        kept = np.array([counts.get(name, n) for name, n in self.channels.items()], dtype=np.int64)
        return Cost(self.parameters(kept), self.macs(kept))

    def terms(self, size: Quadratic) -> list[Term]:
        """Spell out one of the two forms of this model, without the terms that are zero."""
        names = (None, *self.channels)
        return [
            Term(int(size.matrix[i, j]), names[i], names[j])
            for i, j in np.argwhere(size.matrix).tolist()
        ]


def size_model(network: Network) -> SizeModel:
    """Work out a network's size as a function of the filters its layers keep.

    Parameters
    ----------
    network : Network
        Left as it is; traced, and run once on an image.

    Returns
    -------
    SizeModel
        Exact for every choice of filters, residual additions, depthwise convolutions, concatenations
        and flattened feature maps included.

    Raises
    ------
    InputError
        The network cannot be traced, or a layer with parameters that this model cannot follow loses
        channels with others, or shares its weights; it is named.
    ContradictionError
        The model and `pruning.cost` disagree on the whole network.
    """
    traced = trace(network)
    axes = _axes(traced)
    width = len(traced.couplings) + 1
    positions = _positions(traced.network)
    macs = np.zeros((width, width), dtype=np.int64)
    parameters = np.zeros((width, width), dtype=np.int64)
    seen: set[nn.Parameter] = set()
    for module, name in traced.names.items():
        for part, parameter in module.named_parameters(recurse=False):
            if parameter in seen:
                raise InputError(f"{network.name}: layer {name!r} shares its {part} with another layer")
            seen.add(parameter)
            rows, columns = (_affine(axes.get((module, k)), parameter, k, width) for k in (0, 1))
            volume = np.outer(rows, columns) * math.prod(parameter.shape[2:])
            parameters += volume
            if part == "weight" and isinstance(module, _COUNTED):
                macs += volume * positions.get(name, 0)
    channels = {coupling.convolutions[0]: coupling.channels for coupling in traced.couplings}
    model = SizeModel(network.name, channels, Quadratic(folded(macs)), Quadratic(folded(parameters)))
    found, whole = model.cost({}), cost(network)
    if found != whole:
        raise ContradictionError(
            f"the size of {network.name} comes out as {found}, but it is {whole}; please report this"
        )
    return model


def _axes(traced: Trace) -> dict[_Axis, Counts]:
    """Of the rows (0) and columns (1) that can be cut: how many are fixed, how many go with a filter.

    The first entry counts the fixed ones, the others those that go with one filter of each coupling.
    """
    owners: dict[_Axis, Counts] = {}
    channels = [1, *(coupling.channels for coupling in traced.couplings)]
    for number, coupling in enumerate(traced.couplings, start=1):
        for dep, indices in traced.group(coupling, range(coupling.channels)):
            module = dep.target.module
            length = _length(traced, module, dep.handler)
            if length < 2:  # nothing is stored, or one number for all channels
                continue
            axis = 1 if dep.handler in INPUT_CUTTERS else 0
            owner = owners.setdefault((module, axis), np.zeros(length, dtype=np.int64))
            if len(set(indices)) % coupling.channels or owner[list(indices)].any():
                raise _unfollowed(traced, module)
            owner[list(indices)] = number
    width = len(channels)
    return {key: np.bincount(owner, minlength=width) // channels for key, owner in owners.items()}


def _length(traced: Trace, module: nn.Module | nn.Parameter, handler: object) -> int:
    """How many rows or columns a layer has that `handler` may cut; 0 where nothing is stored."""
    if isinstance(module, CUT_TYPES):
        if isinstance(module, (nn.BatchNorm1d, nn.BatchNorm2d)):
            return int(module.num_features)
        return int(module.get_parameter("weight").shape[handler in INPUT_CUTTERS])
    if isinstance(module, nn.Module):
        shapes = {parameter.shape for parameter in module.parameters()}
        if not shapes:
            return 0
        if len(shapes) == 1 and len(shape := shapes.pop()) == 1:
            return int(shape[0])
    raise _unfollowed(traced, module)


def _unfollowed(traced: Trace, module: nn.Module | nn.Parameter) -> InputError:
    layer = repr(traced.names[module]) if isinstance(module, nn.Module) else "a loose parameter"
    return InputError(
        f"{traced.network.name}: the size of {layer} ({type(module).__name__}) does not follow from how"
        " many filters its layers keep"
    )


def _affine(axis: Counts | None, parameter: Tensor, dimension: int, width: int) -> Counts:
    """An axis of a parameter as `_axes` has it, or all of it fixed."""
    length = parameter.shape[dimension] if dimension < parameter.ndim else 1
    if axis is not None and length > 1:
        return axis
    fixed = np.zeros(width, dtype=np.int64)
    fixed[0] = length
    return fixed


def _positions(network: Network) -> dict[str, int]:
    """How often each convolution and linear layer applies its weight to one image."""
    positions: dict[str, int] = {}
    hooks = []
    for name, module in network.module.named_modules():
        if isinstance(module, _COUNTED):

            def count(layer: nn.Module, _: object, output: Tensor, name: str = name) -> None:
                times = output.numel() // len(layer.get_parameter("weight"))
                positions[name] = positions.get(name, 0) + times

            hooks.append(module.register_forward_hook(count))
    with torch.inference_mode():
        network.module(example_input(network))
    for hook in hooks:
        hook.remove()
    return positions
