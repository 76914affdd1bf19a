"""Networks and layers that cannot be cut: the reason, and what to do."""

from __future__ import annotations

import torch
from torch import nn

from dispersion.errors import InputError
from pruning.tracing.handlers import CUT_TYPES
from pruning.zoo.network import Network


def require_weights(network: Network) -> None:
    """Refuse a network that cannot be copied and cut at all, and say what to do.

    Raises
    ------
    InputError
        It is compiled or a TorchScript module, or has weights that are not float32 numbers in memory.
    """
    if hasattr(network.module, "_orig_mod"):
        raise InputError(
            f"{network.name} is compiled (torch.compile); give the module that it was made from, its"
            " attribute _orig_mod"
        )
    if any(isinstance(module, torch.jit.ScriptModule) for module in network.module.modules()):
        raise InputError(
            f"{network.name} is a TorchScript module, which cannot be cut; use the Python class that it"
            " was made from, with its weights"
        )
    for name, parameter in network.module.named_parameters():
        if nn.parameter.is_lazy(parameter):
            raise InputError(
                f"{name!r} of {network.name} has no shape yet; run an image through the module first"
            )
        if parameter.is_meta:
            raise InputError(
                f"{network.name} has no values in {name!r} (a meta tensor); load its weights"
            )
        if parameter.layout != torch.strided:
            raise InputError(
                f"{name!r} of {network.name} is stored as {parameter.layout}; make it dense first, with"
                " to_dense()"
            )
        if parameter.is_floating_point() and parameter.dtype != torch.float32:
            raise InputError(
                f"{name!r} of {network.name} is of {parameter.dtype}; networks are cut and tested in"
                " float32: call float() on the module first"
            )


def unfit_layers(names: dict[nn.Module, str]) -> dict[nn.Module, str]:
    """Find layers whose inputs and outputs cannot be pruned.

    Parameters
    ----------
    names : dict of nn.Module to str
        Dotted name of every module of a network.

    Returns
    -------
    dict of nn.Module to str
        The reason, as the rest of a sentence that begins with a layer.
    """
    return _sharing(names) | _computing(names)


def _sharing(names: dict[nn.Module, str]) -> dict[nn.Module, str]:
    """Layers that share weights with another one: torch-pruning would separate them."""
    owners: dict[nn.Parameter, nn.Module] = {}
    reasons: dict[nn.Module, str] = {}
    for module, name in names.items():
        for part, parameter in module.named_parameters(recurse=False):
            owner = owners.setdefault(parameter, module)
            if owner is not module:
                reasons[owner] = reasons[module] = (
                    f"cannot be pruned, since layers {names[owner]!r} and {name!r} share their weights;"
                    f" give {name!r} a {part} of its own"
                )
    return reasons


def _computing(names: dict[nn.Module, str]) -> dict[nn.Module, str]:
    """Layers that compute their weights (weight norm, say): torch-pruning would cut the result only."""
    return {
        module: (
            f"cannot be pruned, since layer {name!r} computes its weight from others (weight norm,"
            " spectral norm, a pruning mask); make it plain first with"
            " torch.nn.utils.parametrize.remove_parametrizations, torch.nn.utils.remove_weight_norm,"
            " remove_spectral_norm or torch.nn.utils.prune.remove"
        )
        for module, name in names.items()
        if isinstance(module, CUT_TYPES) and "weight" not in module._parameters
    }
