"""Refit the layers of a pruned network in forward order, running the calibration images."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import torch
from torch import Tensor, nn

from pruning.batches import batches, example_input
from pruning.calibration import Calibration
from pruning.tracing.hooks import noting, run_until_seen
from pruning.zoo.network import Network

Refit = Callable[[str, Tensor, Tensor | None], None]
"""Takes a layer's name, the rows it multiplies with its weights, and what is added to its outputs."""

_MEMORY = 4 * 2**30  # bytes of activations of all images at once; where more are needed, in batches
_ALIVE = 4  # activations of the widest layer's size that live at a time


def in_forward_order(
    calibration: Calibration, network: Network, names: Sequence[str], refit: Refit
) -> None:
    """Refit layers of a pruned network, each once the layers before it are refitted.

    Parameters
    ----------
    calibration : Calibration
        The unpruned network with its images.
    network : Network
        The pruned one.
    names : sequence of str
        The layers, in forward order.
    refit : callable
        Changes the weights of one layer.
    """
    walk = _at_once if _bytes_at_once(calibration) <= _MEMORY else _one_by_one
    walk(calibration, network, names, refit)


def _at_once(calibration: Calibration, network: Network, names: Sequence[str], refit: Refit) -> None:
    """Run all images together, and refit each layer just before it is called for the first time."""
    samples, left = calibration.samples, list(names)
    shortcuts = {name: calibration.layers.shortcut(name) for name in names}
    added: dict[str, Tensor] = {}

    def note(layer: str, _: nn.Module, x: Tensor, y: Tensor) -> None:
        for name in left:
            shortcut = shortcuts[name]
            if shortcut is not None and shortcut.layer == layer and name not in added:
                added[name] = samples.rows_of_shortcut(name, shortcut.of(x, y))

    def hook(name: str) -> Callable[[nn.Module, tuple[Tensor, ...]], None]:
        def called(_: nn.Module, inputs: tuple[Tensor, ...]) -> None:
            if name in left:
                left.remove(name)
                refit(name, samples.rows_of_inputs(name, inputs[0]), added.pop(name, None))

        return called

    hooks = [network.module.get_submodule(n).register_forward_pre_hook(hook(n)) for n in names]
    try:
        with noting(network.module, {one.layer for one in shortcuts.values() if one}, note):
            network.module(next(batches(network, calibration.images, len(calibration.images))))
    finally:
        for one in hooks:
            one.remove()


def _one_by_one(calibration: Calibration, network: Network, names: Sequence[str], refit: Refit) -> None:
    """Run the images in batches, once for every layer."""
    for name in names:
        rows: list[Tensor] = []
        added: list[Tensor] = []
        for inputs, shortcuts in calibration.samples.pruned_inputs([name], network):
            rows.append(inputs[name])
            added.extend(shortcuts.values())
        refit(name, torch.cat(rows), torch.cat(added) if added else None)


def _bytes_at_once(calibration: Calibration) -> int:
    """Estimate the memory that the activations of all images take at the same time."""
    widest = 0

    def note(_: str, __: nn.Module, x: Tensor, y: Tensor) -> None:
        nonlocal widest
        widest = max(widest, x.numel(), y.numel())

    network = calibration.network
    run_until_seen(network.module, example_input(network), calibration.consumer_order, note)
    return _ALIVE * 4 * widest * len(calibration.images)
