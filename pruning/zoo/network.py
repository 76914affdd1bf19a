"""Networks: a torch module with its input shape, normalisation and origin."""

from __future__ import annotations

import copy
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from dispersion.errors import InputError
from pruning.zoo.checkpoint import weights_digest


@dataclass(frozen=True, slots=True)
class Normalization:
    """Per-channel mean and standard deviation of inputs scaled to [0, 1]."""

    mean: tuple[float, ...]
    std: tuple[float, ...]


IMAGENET = Normalization(mean=(0.485, 0.456, 0.406), std=(0.229, 0.224, 0.225))
"""What networks trained on ImageNet expect, torchvision's among them."""


@dataclass(frozen=True, slots=True)
class Network:
    """A classifier in evaluation mode.

    Parameters
    ----------
    name : str
        The name by which it was loaded.
    module : nn.Module
        Takes float32 (batch, channels, height, width), returns logits (batch, classes).
    input_shape : tuple of int
        (channels, height, width).
    classes : int
        Number of classes.
    dataset : str or None
        Name of the data set it was trained on; None when unknown.
    provenance : str
        One sentence on where the weights are from.
    normalization : Normalization or None
        Applied to ``x / 255``; None for networks trained on ``x / 255`` itself.
    kept : mapping of str to tuple of int
        Which filters are left of the layers that lost some, by the names and indices of the network
        that was loaded; `pruning.prune` fills it.
    """

    name: str
    module: nn.Module
    input_shape: tuple[int, int, int]
    classes: int
    dataset: str | None
    provenance: str
    normalization: Normalization | None = None
    kept: Mapping[str, tuple[int, ...]] = field(default_factory=dict)

    def keeping(self, left: Mapping[str, Sequence[int] | NDArray[np.int64]]) -> Network:
        """Return this network with `kept` updated by a further cut, which left the filters `left`."""
        kept = dict(self.kept)
        for layer, indices in left.items():
            chosen = [int(index) for index in indices]
            before = kept.get(layer)
            kept[layer] = tuple(chosen if before is None else (before[index] for index in chosen))
        return replace(self, kept=kept)

    def kept_from(self, whole: Network) -> dict[str, list[int]]:
        """The filters that this network keeps of `whole`, from which it was cut, by layer.

        Raises
        ------
        InputError
            It has filters that `whole` lacks.
        """
        kept = {}
        for layer, before in {**dict.fromkeys(self.kept), **whole.kept}.items():
            left = self.kept.get(layer)
            if left is None or (before is not None and not set(left) <= set(before)):
                raise InputError(
                    f"this {self.name} was not cut from that {whole.name}: it has other filters in"
                    f" {layer!r}"
                )
            if left != before:
                kept[layer] = [i if before is None else before.index(i) for i in left]
        return kept

    @property
    def digest(self) -> str:
        """The sha256 of the weights as they are now."""
        return weights_digest(self.module.state_dict())

    def copy(self) -> Network:
        """Return an independent copy, trainable even when made inside ``torch.inference_mode``.

        Raises
        ------
        InputError
            A layer keeps something that cannot be copied, such as a lock; it is named.
        """
        try:
            with torch.inference_mode(False):
                return replace(self, module=copy.deepcopy(self.module, _results(self.module)).eval())
        except Exception as error:  # whatever an attribute raises
            raise InputError(
                f"{self.name} cannot be copied: {_uncopied(self.module)} ({error}); remove it, or give"
                " the layer a __getstate__ that leaves it out"
            ) from error

    @property
    def device(self) -> torch.device:
        """The device that holds the weights; the CPU if there are none."""
        first = next(self.module.parameters(), None)
        return torch.device("cpu") if first is None else first.device


def _results(module: nn.Module) -> dict[int, object]:
    """Replacements for tensors that are results of computations, which `copy.deepcopy` refuses."""
    held = (value for layer in module.modules() for value in vars(layer).values())
    return {id(one): one.detach().clone() for one in held if isinstance(one, Tensor) and one.grad_fn}


def _uncopied(module: nn.Module) -> str:
    """The first attribute of a layer that cannot be copied."""
    for name, layer in module.named_modules():
        for key, value in vars(layer).items():
            if key != "_modules":
                try:
                    copy.deepcopy(value)
                except Exception:  # that is the one
                    where = name or type(layer).__name__
                    return f"layer {where!r} keeps {key!r}, a {type(value).__name__}"
    return "one of its layers refuses"
