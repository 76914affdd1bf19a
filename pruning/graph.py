"""Which layers of a network must lose the same channels, found by tracing it with torch-pruning.

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
from pruning.ledger import OUTPUT_MAKERS
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
class Trace:
    """A copy of a network with its dependency graph.

    Parameters
    ----------
    network : Network
        The copy; cutting a group changes it.
    couplings : tuple of Coupling
        Every group of prunable convolutions, in forward order.
    names : dict of nn.Module to str
        Dotted name of each of the copy's modules.
    graph : torch_pruning.DependencyGraph
        The graph of the copy.
    """

    network: Network
    couplings: tuple[Coupling, ...]
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
        A layer or an operation of the network cannot be pruned by whole channels, or two layers share
        weights.  A layer that is called several times is no such two: its calls are tied.
    """
    copied = network.copy()
    copied.module.requires_grad_(True)
    names = {module: name for name, module in copied.module.named_modules()}
    _refuse_shared(network.name, names)
    order, graph = _follow(copied)
    couplings: list[Coupling] = []
    seen: set[nn.Conv2d] = set()
    for convolution in order:
        if convolution in seen:
            continue
        if convolution not in graph.module2node:
            raise InputError(f"{network.name}: torch-pruning lost sight of {names[convolution]!r}")
        channels = convolution.out_channels
        group = _group(graph, convolution, range(channels))
        tied = _tied(group, network.name, names, channels)
        seen.update(tied)
        sources = _sources(group)
        # channels that no layer makes, or that nothing reads, are the network's inputs and outputs
        if sources and not any(_reads_image(dep, order) or _is_output(dep) for dep, _ in group):
            ordered = tuple(names[module] for module in order if module in tied)
            couplings.append(Coupling(ordered, channels, coupled=len(sources) > 1))
    return Trace(copied, tuple(couplings), names, graph)


def example_input(network: Network) -> torch.Tensor:
    """Return a zero image as a batch of one, on the network's device."""
    return torch.zeros(1, *network.input_shape, device=network.device)


def _refuse_shared(network: str, names: dict[nn.Module, str]) -> None:
    """Refuse weights that lie in two layers: torch-pruning would part them, masking would hit both."""
    owners: dict[nn.Parameter, str] = {}
    for module, name in names.items():
        for part, parameter in module.named_parameters(recurse=False):
            owner = owners.setdefault(parameter, name)
            if owner != name:
                raise InputError(
                    f"{network}: layers {owner!r} and {name!r} share their weights, so that neither can"
                    f" be pruned alone; give {name!r} a {part} of its own"
                )


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


def _tied(group: Any, network: str, names: dict[nn.Module, str], channels: int) -> set[nn.Conv2d]:
    """Return the convolutions that lose their output channels with the group."""
    tied: set[nn.Conv2d] = set()
    for dep, indices in group:
        module = dep.target.module
        if not isinstance(module, nn.Conv2d) or dep.handler == tp.prune_conv_in_channels:
            continue
        grouped = module.groups > 1 and not module.groups == module.in_channels == channels
        if grouped or list(indices) != list(range(channels)) or module.out_channels != channels:
            raise InputError(
                f"{network}: the channels of {names[module]!r} cannot be pruned one by one"
                f" (groups={module.groups}, tied to {channels} channels elsewhere)"
            )
        tied.add(module)
    return tied
