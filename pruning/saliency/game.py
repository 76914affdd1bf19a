"""The channels of a layer as players of a game, whose value is the network's log-likelihood."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from dispersion.errors import InputError
from pruning.batches import batches
from pruning.calibration import Calibration
from pruning.tracing.consumers import Consumer
from pruning.tracing.hooks import leaves

Players = NDArray[np.bool_]
Value = Callable[[Players], float]


class Game:
    """V(S) = the mean of log p(label | only the channels S are active) over images.

    Parameters
    ----------
    layer : str
        The layer that makes the channels; an absent one is zero wherever a layer reads it.
    calibration : Calibration
        Its network with labelled images.
    images : int
        The most images used, the first ones.

    Raises
    ------
    InputError
        The images have no labels, or one of a class that the network lacks.
    """

    def __init__(self, layer: str, calibration: Calibration, images: int) -> None:
        labels = calibration.labels
        if labels is None:
            raise InputError(
                "snpfi needs labelled images: give calibration=Calibration(network, images, labels)."
            )
        network = calibration.network.copy()
        labels = labels[:images]
        wrong = labels[(labels < 0) | (labels >= network.classes)]
        if len(wrong):
            raise InputError(f"{network.name} has {network.classes} classes; label {wrong[0]} is none.")
        network.module.requires_grad_(False)
        consumers = calibration.consumers(layer)
        self.players = len(consumers[0].columns)
        self._labels = torch.from_numpy(labels).to(network.device)
        self._parts = torch.ones(self.players + 1, device=network.device)  # the last is never absent
        for consumer in consumers:
            self._mask(network.module.get_submodule(consumer.name), consumer)
        parts = batches(network, calibration.images[:images], calibration.batch)
        names = [consumer.name for consumer in consumers]
        self._tails = [Tail(network.module, names, part) for part in parts]

    def __call__(self, active: Players) -> float:
        """The value V of the set of players for which `active`, shape (players,), is true."""
        with torch.inference_mode(False), torch.no_grad():
            self._parts[:-1] = torch.from_numpy(active).to(self._parts)
            return float(self._value())

    def slopes(self, active: Players) -> NDArray[np.float64]:
        """The derivative of V by the part that each player takes, shape (players,)."""
        with torch.inference_mode(False), torch.enable_grad():
            self._parts[:-1] = torch.from_numpy(active).to(self._parts)
            self._parts.requires_grad_()
            (gradient,) = torch.autograd.grad(self._value(), self._parts)
            self._parts = self._parts.detach()
        slopes: NDArray[np.float64] = gradient[:-1].double().cpu().numpy()
        return slopes

    def _value(self) -> Tensor:
        logits = torch.cat([tail() for tail in self._tails]).double()
        return -nn.functional.cross_entropy(logits, self._labels)

    def _mask(self, module: nn.Module, consumer: Consumer) -> None:
        """Scale what a layer is given of each player by the part that the player takes."""
        weight = module.get_parameter("weight")
        inputs = torch.from_numpy(consumer.columns // weight[0, 0].numel())
        player = torch.full(weight.shape[1:2], self.players)
        player[inputs] = torch.arange(self.players)[:, None]
        player = player.to(weight.device)

        def masked(_: nn.Module, given: tuple[Tensor, ...]) -> tuple[Tensor]:
            x = given[0]
            return (x * self._parts[player].view(1, -1, *[1] * (x.ndim - 2)),)

        module.register_forward_pre_hook(masked)


class Tail:
    """Runs a network on one batch repeatedly, each time only from certain layers on.

    The outputs of layers called before the first of these are kept from a first run.

    Parameters
    ----------
    module : nn.Module
        The network; several tails may share it, but do not let others run it in between.
    firsts : sequence of str
        The layers from which on it runs.
    pixels : Tensor
        The batch.
    """

    def __init__(self, module: nn.Module, firsts: Sequence[str], pixels: Tensor) -> None:
        self._module, self._pixels = module, pixels
        self._kept = self._record([module.get_submodule(name) for name in firsts])

    def __call__(self) -> Tensor:
        """Return the logits for the batch."""
        for layer, outputs in self._kept.items():
            layer.forward = _replay(layer.forward, outputs)
        try:
            logits: Tensor = self._module(self._pixels)
        finally:
            for layer in self._kept:
                del layer.forward  # the class's own is back
        return logits

    def _record(self, firsts: Sequence[nn.Module]) -> dict[nn.Module, list[_Output]]:
        recorded: dict[nn.Module, list[_Output]] = {}
        reached = False

        def reach(*_: object) -> None:
            nonlocal reached
            reached = True

        def keep(layer: nn.Module, _: object, output: object) -> None:
            if not reached and isinstance(output, Tensor):
                recorded.setdefault(layer, []).append(_Output(output))

        hooks = [first.register_forward_pre_hook(reach) for first in firsts]
        hooks += [
            self._module.get_submodule(leaf).register_forward_hook(keep)
            for leaf in leaves(self._module)
        ]
        try:
            with torch.inference_mode(False), torch.no_grad():
                self._module(self._pixels)
        finally:
            for hook in hooks:
                hook.remove()
        for outputs in recorded.values():
            for output in outputs:
                output.settle()
        return recorded


class _Output:
    """A layer's output, to be given again even if something changes it in place each time."""

    def __init__(self, tensor: Tensor) -> None:
        self._tensor, self._version = tensor, tensor._version
        self._copy: Tensor | None = tensor.clone()

    def settle(self) -> None:
        """Drop the copy if nothing has changed the tensor since."""
        if self._tensor._version == self._version:
            self._copy = None

    def again(self) -> Tensor:
        """The tensor as it was given first."""
        return self._tensor if self._copy is None else self._copy.clone()


def _replay(forward: Callable[..., Tensor], outputs: Sequence[_Output]) -> Callable[..., Tensor]:
    """Return a forward function that gives the kept outputs in its first calls."""
    left = iter(outputs)

    def replayed(*inputs: Any, **named: Any) -> Tensor:
        output = next(left, None)
        return forward(*inputs, **named) if output is None else output.again()

    return replayed
