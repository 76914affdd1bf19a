"""The size of a pruned network as a function of how many filters each layer keeps.

A weight has rows and columns.  Each is either fixed or goes with a filter of one layer, so the size
of a weight is a product of two sums of counts, and the size of a network a quadratic form in them.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np
import torch
from torch import nn

from dispersion.errors import InputError, UnknownNameError
from pruning.cutting.surgery import cut
from pruning.cutting.survey import survey
from pruning.measuring.cost import Cost, cost, macs_by_layer
from pruning.measuring.quadratic import Counts, Quadratic, folded
from pruning.tracing.graph import Trace, trace
from pruning.zoo.network import Network


@dataclass(frozen=True, slots=True, eq=False)
class SizeModel:
    """The size of a network, as a function of how many filters its layers keep.

    Attributes
    ----------
    network : str
        Its name.
    channels : dict of str to int
        The number of filters of every prunable layer, by the name of its `FilterLayer`, in forward
        order.
    macs, parameters : Quadratic
        The size as a function of the counts of those layers; counted as `pruning.cost` does.
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


def size_model(network: Network) -> SizeModel:
    """Work out a network's size as a function of the filters its layers keep.

    Parameters
    ----------
    network : Network
        Left as it is; a copy loses a filter of every layer, which shows what goes with it.

    Returns
    -------
    SizeModel
        Exact for every choice of filters, residual additions, depthwise convolutions, concatenations,
        flattened feature maps, recurrent layers and scales of their own included.

    Raises
    ------
    InputError
        The network cannot be traced, or products of its feature maps, as in attention over channels,
        cost more than its layers' counts of filters say.
    """
    traced = replace(trace(network), couplings=survey(network).couplings)
    channels = {coupling.convolutions[0]: coupling.channels for coupling in traced.couplings}
    whole = np.array(list(channels.values()), dtype=np.int64)
    applied = macs_by_layer(network)
    axes = _axes(traced, network.module)
    macs = np.zeros((len(whole) + 1,) * 2, dtype=np.int64)
    parameters = np.zeros_like(macs)
    seen: set[nn.Parameter] = set()  # those that lie in two layers are stored once
    for name, module in network.module.named_modules():
        weights = np.zeros_like(macs)
        for part, parameter in module.named_parameters(name, recurse=False):
            volume = _volume(network.name, part, [axes[part, k] for k in range(parameter.ndim)])
            parameters += 0 if parameter in seen else volume
            seen.add(parameter)
            if parameter.ndim > 1:
                weights += volume
        times, rest = divmod(applied.get(name, 0), max(1, Quadratic(folded(weights))(whole)))
        if rest == 0:
            macs += times * weights
    macs[0, 0] += sum(applied.values()) - Quadratic(folded(macs))(whole)  # products of feature maps
    model = SizeModel(network.name, channels, Quadratic(folded(macs)), Quadratic(folded(parameters)))
    _confirm(network, model)
    return model


def _axes(traced: Trace, original: nn.Module) -> dict[tuple[str, int], Counts]:
    """For every axis of every parameter: how much is fixed, and how much goes with each filter.

    The first entry counts what is fixed, the others what goes with one filter of each coupling: found
    by dropping one, since torch-pruning knows layers of many kinds.
    """
    module = traced.network.module
    axes = {key: np.zeros(len(traced.couplings) + 1, dtype=np.int64) for key in _lengths(original)}
    before = _lengths(module)
    for number, coupling in enumerate(traced.couplings, start=1):
        if coupling.channels > 1:
            with torch.inference_mode(False):
                traced.group(coupling, [0]).prune()
            after = _lengths(module)
            for key, length in before.items():
                axes[key][number] = length - after[key]
            before = after
    channels = np.array([coupling.channels for coupling in traced.couplings], dtype=np.int64)
    for key, length in _lengths(original).items():
        axes[key][0] = length - int(axes[key][1:] @ channels)
    return axes


def _lengths(module: nn.Module) -> dict[tuple[str, int], int]:
    """The length of every axis of every parameter."""
    return {
        (name, axis): length
        for name, parameter in module.named_parameters(remove_duplicate=False)
        for axis, length in enumerate(parameter.shape)
    }


def _volume(network: str, name: str, axes: list[Counts]) -> Counts:
    """How many numbers a parameter holds, as a quadratic form in the counts."""
    fixed = np.array([not axis[1:].any() for axis in axes], dtype=np.bool_)
    size = math.prod(int(axis[0]) for axis, still in zip(axes, fixed, strict=True) if still)
    varying = [axis for axis, still in zip(axes, fixed, strict=True) if not still]
    if len(varying) > 2:
        raise InputError(
            f"{network}: {name!r} shrinks along {len(varying)} axes, which a budget cannot follow; give"
            " a share of filters to keep"
        )
    one = np.zeros_like(axes[0]) if axes else np.zeros(1, dtype=np.int64)
    one[0] = 1
    rows, columns = [*varying, one, one][:2]
    return size * np.outer(rows, columns)


def _confirm(network: Network, model: SizeModel) -> None:
    """Check the model on a network that loses half of the filters of every layer."""
    kept = {name: range(-(-channels // 2)) for name, channels in model.channels.items()}
    counted, expected = (
        cost(cut(network, kept)[0]),
        model.cost({n: len(one) for n, one in kept.items()}),
    )
    if counted != expected:
        raise InputError(
            f"the size of {network.name} does not follow from how many filters its layers keep (it is"
            f" {counted}, not {expected}), as where channels are multiplied with channels in attention;"
            " give a share of filters to keep instead of a budget"
        )
