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
        A layer or an operation of the network cannot be pruned by whole channels.
    """
    copied = network.copy()
    copied.module.requires_grad_(True)
    names = {module: name for name, module in copied.module.named_modules()}
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
        if sources and not any(dep.target.type == tp.ops.OPTYPE.OUTPUT for dep, _ in group):
            ordered = tuple(names[module] for module in order if module in tied)
            couplings.append(Coupling(ordered, channels, coupled=len(sources) > 1))
    return Trace(copied, tuple(couplings), names, graph)


def example_input(network: Network) -> torch.Tensor:
    """Return a zero image as a batch of one, on the network's device."""
    return torch.zeros(1, *network.input_shape, device=network.device)


def _follow(network: Network) -> tuple[list[nn.Conv2d], Any]:
    """Return the convolutions in the order of their first calls, and the dependency graph."""
    order: dict[nn.Conv2d, None] = {}
    hooks = [
        module.register_forward_pre_hook(lambda called, _: order.setdefault(called))
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
    return list(order), graph


def _group(graph: Any, convolution: nn.Module, dropped: Sequence[int]) -> Any:
    return graph.get_pruning_group(convolution, tp.prune_conv_out_channels, list(dropped))


def _sources(group: Any) -> set[nn.Module]:
    """Return the layers that make the group's channels by mixing others; depthwise ones do not."""
    makers = (tp.prune_conv_out_channels, tp.prune_linear_out_channels)
    return {dep.target.module for dep, _ in group if dep.handler in makers}


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
