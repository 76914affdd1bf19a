"""How the layers of a trained network work, observed on a few images."""

from __future__ import annotations

from functools import cached_property
from typing import cast

import numpy as np
from numpy.typing import NDArray
from torch import Tensor, nn

from dispersion.errors import InputError
from pruning.batches import batches
from pruning.calibration.windows import Window, window
from pruning.tracing.hooks import leaves, noting
from pruning.tracing.successors import Norm, Shortcut, Successors, affine, successors
from pruning.zoo.network import Network

_FEW = 8  # images that show how layers work


class Layers:
    """The layers of a network: how each goes over its inputs, and what comes after it.

    Parameters
    ----------
    network : Network
        As trained; left as it is.
    images : ndarray of uint8, shape (m, height, width, channels)
        The first eight are used.
    """

    def __init__(self, network: Network, images: NDArray[np.uint8]) -> None:
        self._network = network
        self._images = images[:_FEW]
        self._successors: dict[str, Successors] = {}

    @cached_property
    def _windows(self) -> dict[str, Window | None]:
        """How every layer that is called goes over its inputs, in forward order."""
        windows: dict[str, Window | None] = {}

        def note(name: str, layer: nn.Module, x: Tensor, y: Tensor) -> None:
            if name not in windows:  # of a layer called again, the first call
                windows[name] = window(layer, x, y)

        with noting(self._network.module, leaves(self._network.module), note):
            self._network.module(self._pixels())
        return windows

    @cached_property
    def fittable(self) -> list[str]:
        """Every plain convolution, and linear layer given one vector an image, in forward order."""
        return [name for name, seen in self._windows.items() if seen is not None]

    def window(self, name: str) -> Window:
        """How the named layer goes over its inputs.

        Raises
        ------
        InputError
            It is no plain convolution or linear layer, or does not compute what its weights say.
        """
        seen = self._windows.get(name)
        if seen is None:
            module = self._network.module.get_submodule(name)
            raise InputError(
                f"layer {name!r} ({type(module).__name__}) cannot be sampled or refitted: only plain"
                " convolutions and linear layers that apply their weights as they are can be"
            )
        return seen

    def weight(self, name: str) -> Tensor:
        """The weight of the named layer, shape (outputs, ...)."""
        return self._network.module.get_submodule(name).get_parameter("weight")

    def norm(self, name: str, network: Network | None = None) -> Norm | None:
        """The batch norm that takes a layer's output as it is; of a pruned network, if one is given."""
        norm = self._after(name).norm
        module = (self._network if network is None else network).module
        return None if norm is None else cast(Norm, module.get_submodule(norm))

    def scale(self, name: str) -> NDArray[np.float64]:
        """By how much the batch norm after a layer scales each output, or 1: shape (outputs,)."""
        scale, _ = affine(self.norm(name), self.weight(name))
        return np.asarray(scale.abs().double().cpu())

    def shortcut(self, name: str) -> Shortcut | None:
        """What is added to a layer's output, after its batch norm where there is one.

        None where nothing is added, or only what is computed after the layer.
        """
        return self._after(name).shortcut

    def rectified(self, name: str) -> bool:
        """Whether a layer's output goes on through batch norm, known shortcut and ReLU alone."""
        return self._after(name).rectified

    def _after(self, name: str) -> Successors:
        if name not in self._successors:
            together = self.fittable if name in self.fittable else [name]
            self._successors |= successors(self._network.module, self._pixels(), together)
        return self._successors[name]

    def _pixels(self) -> Tensor:
        return next(batches(self._network, self._images, _FEW))
