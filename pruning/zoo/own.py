"""Networks built by a function of the user's: ``package.module:function``."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, ClassVar

import torch
from torch import Tensor, nn

from dispersion.errors import InputError, UnknownNameError
from dispersion.own_code import own_function, said
from pruning.zoo.checkpoint import load_weights, read_checkpoint
from pruning.zoo.network import Network, Normalization

DEFAULT_SHAPE = (3, 32, 32)


@dataclass(frozen=True, slots=True)
class OwnSource:
    """Imports a module of the user's and calls a function in it; the code of both is run.

    The function takes no arguments and returns an ``nn.Module`` that maps (batch, channels, height,
    width) to logits (batch, classes).  Two attributes of that module are read where there are any:
    ``input_shape``, (channels, height, width), without which images are 3 x 32 x 32; and
    ``normalization``, a `Normalization` or a pair of per-channel means and standard deviations,
    without which inputs are ``x / 255``.  (A layer of that name says nothing about inputs.)  The
    number of classes is what the network returns for a black image.

    Parameters
    ----------
    module : str
        Its dotted name; it must be importable.
    registered : tuple of str
        The names of the networks defined here, for the error message.
    """

    module: str
    registered: tuple[str, ...]
    summary: ClassVar[str] = "a function of yours that returns the network"

    def load(self, variant: str | None, weights: Path | None) -> Network:
        """Build the network; without a checkpoint it keeps the weights from the function."""
        assert variant is not None
        name = f"{self.module}:{variant}"
        function = own_function(
            self.module,
            variant,
            lambda: UnknownNameError("network or Python module", self.module, self.registered),
        )
        network = _network(name, _call(name, function))
        if weights is None:
            return network
        state, provenance = read_checkpoint(weights)
        load_weights(network.module, state, provenance)
        return replace(network, provenance=provenance)

    def blank(self, variant: str | None, classes: int | None) -> Network:
        """Build the network as the function returns it; only the function chooses how many classes."""
        network = self.load(variant, None)
        if classes is not None and classes != network.classes:
            raise InputError(f"{network.name} has {network.classes} classes where {classes} are needed")
        return network


def _call(name: str, function: Callable[[], object]) -> nn.Module:
    try:
        module = function()
    except (Exception, SystemExit) as error:
        raise InputError(f"{name!r}, called without arguments, raised {said(error)}") from error
    if not isinstance(module, nn.Module):
        raise InputError(f"{name!r} returned a {type(module).__name__}, not a torch.nn.Module")
    if next(module.parameters(), None) is None:
        raise InputError(f"{name!r} returned a network without parameters")
    return module.cpu().eval()


def _network(name: str, module: nn.Module) -> Network:
    shape = _input_shape(name, module)
    normalization = _normalization(name, module, shape[0])
    try:
        with torch.no_grad():  # a lazy layer makes its weights here, and they must be trainable
            logits = module(torch.zeros(1, *shape))
    except Exception as error:
        raise InputError(
            f"{name!r} cannot take an image of shape {shape} ({said(error)}); set the attribute"
            " input_shape of the network to (channels, height, width)"
        ) from error
    if not isinstance(logits, Tensor) or logits.ndim != 2 or len(logits) != 1 or not logits.numel():
        got = f"shape {tuple(logits.shape)}" if isinstance(logits, Tensor) else type(logits).__name__
        raise InputError(f"{name!r} must map one image to logits of shape (1, classes), not to {got}")
    provenance = f"built by the user's {name}"
    return Network(name, module, shape, logits.shape[1], None, provenance, normalization)


def _input_shape(name: str, module: nn.Module) -> tuple[int, int, int]:
    shape: Any = getattr(module, "input_shape", DEFAULT_SHAPE)
    try:
        channels, height, width = (int(size) for size in shape)
    except (TypeError, ValueError) as error:
        raise InputError(
            f"input_shape of {name!r} must be (channels, height, width), not {shape!r}"
        ) from error
    if min(channels, height, width) < 1:
        raise InputError(f"input_shape of {name!r} must be positive, not {shape!r}")
    return channels, height, width


def _normalization(name: str, module: nn.Module, channels: int) -> Normalization | None:
    declared: Any = getattr(module, "normalization", None)
    if declared is None or isinstance(declared, nn.Module):
        return None
    try:
        mean, std = (declared.mean, declared.std) if isinstance(declared, Normalization) else declared
        read = Normalization(tuple(float(x) for x in mean), tuple(float(x) for x in std))
    except (TypeError, ValueError) as error:
        raise InputError(
            f"normalization of {name!r} must be a pair (means, standard deviations), not {declared!r}"
        ) from error
    if not len(read.mean) == len(read.std) == channels or not all(x > 0 for x in read.std):
        raise InputError(
            f"normalization of {name!r} must have {channels} means and as many positive standard"
            f" deviations, not {declared!r}"
        )
    return read
