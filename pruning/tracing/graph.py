"""Find the layers that must lose the same channels, by tracing a network with torch-pruning.

Tracing needs parameters that require gradients, so it always works on a copy; the network itself is
never touched.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import torch
import torch_pruning as tp
from torch import nn

from dispersion.errors import InputError
from pruning.batches import example_input
from pruning.tracing.handlers import OUTPUT_MAKERS
from pruning.tracing.unfit import require_weights, unfit_layers
from pruning.zoo.network import Network


@dataclass(frozen=True, slots=True)
class Coupling:
    """Convolutions whose output channels are kept or dropped together.

    Parameters
    ----------
    convolutions : tuple of str
        Their dotted names in forward order.
    channels : int
        The output channels each of them has.
    coupled : bool
        Whether additions tie the outputs of several layers.  A depthwise convolution only passes on
        the channels of the layer before it, so those two alone are not coupled.
    """

    convolutions: tuple[str, ...]
    channels: int
    coupled: bool = False


@dataclass(frozen=True, slots=True)
class LeftOut:
    """A convolution whose filters cannot be pruned.

    Parameters
    ----------
    layer : str
        Its dotted name.
    reason : str
        The reason, as the rest of a sentence that begins with the layer.
    """

    layer: str
    reason: str


@dataclass(frozen=True, slots=True)
class Trace:
    """A copy of a network with its dependency graph.

    Parameters
    ----------
    network : Network
        The copy; cutting a group changes it.
    couplings : tuple of Coupling
        Every group of convolutions that torch-pruning can follow, in forward order.
    left_out : tuple of LeftOut
        The other convolutions.
    names : dict of nn.Module to str
        Dotted name of each of the copy's modules.
    graph : torch_pruning.DependencyGraph
        The graph of the copy.
    """

    network: Network
    couplings: tuple[Coupling, ...]
    left_out: tuple[LeftOut, ...]
    names: dict[nn.Module, str]
    graph: Any

    def group(self, coupling: Coupling, dropped: Sequence[int]) -> Any:
        """Return torch-pruning's group that removes `dropped` channels of a coupling."""
        first = self.network.module.get_submodule(coupling.convolutions[0])
        return _group(self.graph, first, dropped)


def trace(network: Network) -> Trace:
    """Copy a network and find its couplings.

    Parameters
    ----------
    network : Network
        Left as it is.

    Returns
    -------
    Trace
        The copy, in evaluation mode, with its graph.

    Raises
    ------
    InputError
        torch-pruning cannot follow an image through the network at all.
    """
    require_weights(network)
    copied = network.copy()
    for parameter in copied.module.parameters():
        parameter.requires_grad_(parameter.is_floating_point())
    names = {module: name for name, module in copied.module.named_modules()}
    order, graph = _follow(copied)
    finder = _Finder(graph, order, names)
    couplings: list[Coupling] = []
    left_out: list[LeftOut] = []
    seen: set[str] = set()
    for convolution in order:
        if names[convolution] not in seen:
            try:
                coupling = finder.coupling(convolution)
            except _CannotPruneError as error:
                left_out.append(LeftOut(names[convolution], str(error)))
            else:
                couplings.append(coupling)
                seen.update(coupling.convolutions)
    for module, name in names.items():
        if isinstance(module, nn.Conv2d) and module not in order:
            left_out.append(LeftOut(name, "is never called in evaluation mode"))
    return Trace(copied, tuple(couplings), tuple(left_out), names, graph)


class _CannotPruneError(Exception):
    """Why the channels of a convolution cannot be removed one by one."""


class _Finder:
    """Finds the layers that must lose the same channels as a convolution."""

    def __init__(self, graph: Any, order: dict[nn.Conv2d, bool], names: dict[nn.Module, str]) -> None:
        self._graph, self._order, self._names = graph, order, names
        self._unfit = unfit_layers(names)

    def coupling(self, convolution: nn.Conv2d) -> Coupling:
        """Find the convolutions tied to one, itself first; or raise `_CannotPruneError`."""
        if convolution not in self._graph.module2node:
            raise _CannotPruneError("is not followed by torch-pruning")
        channels = convolution.out_channels
        try:
            group = _group(self._graph, convolution, range(channels))
        except Exception as error:  # whatever torch-pruning trips over
            raise _CannotPruneError(f"cannot be followed by torch-pruning ({error})") from error
        for dep, _ in group:
            if dep.target.module in self._unfit:
                raise _CannotPruneError(self._unfit[dep.target.module])
        tied = self._tied(group, channels)
        sources = _sources(group)
        if not sources:
            raise _CannotPruneError("only passes on channels that no layer makes")
        if any(_is_output(dep) for dep, _ in group):
            raise _CannotPruneError("makes outputs of the network")
        if any(_reads_image(dep, self._order) for dep, _ in group):
            raise _CannotPruneError("makes channels that a layer reads as those of an image")
        ordered = tuple(self._names[module] for module in self._order if module in tied)
        return Coupling(ordered, channels, coupled=len(sources) > 1)

    def _tied(self, group: Any, channels: int) -> set[nn.Conv2d]:
        """Return the convolutions that lose their output channels with the group."""
        tied: set[nn.Conv2d] = set()
        for dep, indices in group:
            module = dep.target.module
            if not isinstance(module, nn.Conv2d) or dep.handler == tp.prune_conv_in_channels:
                continue
            if module.groups > 1 and not module.groups == module.in_channels == channels:
                raise _CannotPruneError(
                    f"cannot be pruned filter by filter: {self._names[module]!r} has its channels in"
                    f" {module.groups} groups"
                )
            if list(indices) != list(range(channels)) or module.out_channels != channels:
                raise _CannotPruneError(
                    "cannot be pruned filter by filter: something after it splits, joins or reorders"
                    f" channels on the way to {self._names[module]!r}"
                )
            tied.add(module)
        return tied


def _follow(network: Network) -> tuple[dict[nn.Conv2d, bool], Any]:
    """Follow an image through the network.

    Returns the convolutions in the order of their first calls, each with whether any call reads the
    image or what was made of it without parameters; and the dependency graph.
    """
    order: dict[nn.Conv2d, bool] = {}

    def note(called: nn.Conv2d, given: tuple[torch.Tensor, ...], named: dict[str, Any]) -> None:
        inputs = given[0] if given else named["input"]
        # every parameter requires gradients here, and so does all that any of them touched
        order[called] = order.get(called, False) or not inputs.requires_grad

    hooks = [
        module.register_forward_pre_hook(note, with_kwargs=True)
        for module in network.module.modules()
        if isinstance(module, nn.Conv2d)
    ]
    try:
        with torch.inference_mode(False), torch.enable_grad():
            network.module(example_input(network))
            for hook in hooks:
                hook.remove()
            graph = tp.DependencyGraph().build_dependency(
                network.module, example_inputs=example_input(network), verbose=False
            )
    except Exception as error:  # whatever an operation that cannot be followed raises
        raise InputError(f"torch-pruning cannot trace {network.name} ({error})") from error
    return order, graph


def _group(graph: Any, convolution: nn.Module, dropped: Sequence[int]) -> Any:
    return graph.get_pruning_group(convolution, tp.prune_conv_out_channels, list(dropped))


def _reads_image(dep: Any, order: dict[nn.Conv2d, bool]) -> bool:
    """Whether the group would cut columns of a convolution that are the image's channels."""
    return dep.handler == tp.prune_conv_in_channels and order.get(dep.target.module, False)


def _is_output(dep: Any) -> bool:
    return bool(dep.target.type == tp.ops.OPTYPE.OUTPUT)


def _sources(group: Any) -> set[nn.Module]:
    """Return the layers that make the group's channels by mixing others; depthwise ones do not."""
    return {dep.target.module for dep, _ in group if dep.handler in OUTPUT_MAKERS}
