"""Repair a pruned network without training: every layer that lost inputs is fitted anew.

A layer that reads fewer channels than before gets the weights with which its outputs on calibration
images come closest to those of the unpruned network.  Layers are fitted in forward order, each to what
the layers before it, pruned and fitted, really send.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping, Sequence

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from dispersion.errors import InputError
from pruning.batches import batches
from pruning.calibration import Calibration
from pruning.followers import Norm, affine
from pruning.graph import example_input
from pruning.kept import Kept, kept_indices
from pruning.least_squares import Ridge
from pruning.ledger import OUTPUT_MAKERS
from pruning.running import run_until_seen
from pruning.zoo.network import Network

RIDGES = (1e-3, 1e-2, 1e-1)
"""The ridges tried where none is given."""

_HELD_OUT = 0.2  # the share of images that judges a ridge
_MEMORY = 4 * 2**30  # bytes of activations of all images at once; where more are needed, in batches
_ALIVE = 4  # activations of the widest layer's size that live at a time


def reconstruct(
    calibration: Calibration,
    pruned: Network,
    kept: Kept,
    *,
    ridge: float | None = 1e-2,
    rounds: int = 5,
) -> Network:
    """Fit every layer that reads pruned channels to what it gave in the unpruned network.

    Where batch norm and ReLU follow a layer, what they do not let through is not fitted: there it is
    enough that the outputs stay below zero (see `Ridge.fit_rectified`).

    Parameters
    ----------
    calibration : Calibration
        The unpruned network with its images; labels are not used.
    pruned : Network
        ``prune(calibration.network, kept)``; left as it is.
    kept : mapping of layer name to kept indices
        What was kept.
    ridge : float or None
        Penalty on the squared weights, as a share of the columns' mean sum of squares; None to choose,
        layer by layer, the one of `RIDGES` that does best on the last fifth of the images, which it is
        not fitted to then.
    rounds : int
        Rounds of fitting before ReLUs; 1 for plain least squares everywhere.

    Returns
    -------
    Network
        A copy.  What a fit adds to a layer without bias goes into the mean of the batch norm behind
        it; without one, the fit has no intercept.

    Raises
    ------
    InputError
        A ridge of 0 or less, or too small for the numbers, no rounds, or a layer that cannot be
        fitted (a grouped one, say).

    References
    ----------
    He, Zhang and Sun, "Channel Pruning for Accelerating Very Deep Neural Networks" (2017), section
    3.1: least squares, from the pruned inputs to the original outputs.  Zhang et al., "Accelerating
    Very Deep Convolutional Networks for Classification and Detection" (2015), section 3.2: to be exact
    only where ReLU lets something through; the loss here is the convex one of the two readings.
    """
    if ridge is not None and not 0 < ridge < math.inf:
        raise InputError(f"the ridge must be a number above 0, not {ridge!r}; leave it out for 0.01.")
    if rounds < 1:
        raise InputError(f"a reconstruction takes 1 round or more, not {rounds!r}.")
    repaired = pruned.copy()
    kept = kept_indices(calibration.trace.couplings, kept)
    names = _losing(calibration, kept)
    if not names:
        return repaired
    targets = _targets(calibration, names, kept)

    def refit(name: str, x: Tensor) -> None:
        module = repaired.module.get_submodule(name)
        norm = calibration.norm(name, repaired)
        scale, shift = affine(norm, module.get_parameter("weight"))
        y = targets.pop(name) * scale + shift
        active = rounds if calibration.rectified(name) else 1
        intercept = module.bias is not None or norm is not None
        share = _chosen(calibration, x, y, active, intercept) if ridge is None else ridge
        found = Ridge(x, share, intercept).fit_rectified(y, active)
        _set(module, norm, found.weight / scale, (found.intercept - shift) / scale)

    walk = _at_once if _bytes_at_once(calibration) <= _MEMORY else _one_by_one
    walk(calibration, repaired, names, refit)
    return repaired


Refit = Callable[[str, Tensor], None]


def _at_once(calibration: Calibration, network: Network, names: Sequence[str], refit: Refit) -> None:
    """Run all images together, and refit each layer just before it is called for the first time."""
    left = set(names)

    def hook(name: str) -> Callable[[nn.Module, tuple[Tensor, ...]], None]:
        def called(_: nn.Module, inputs: tuple[Tensor, ...]) -> None:
            if name in left:
                left.remove(name)
                refit(name, calibration.rows(name, inputs[0]))

        return called

    hooks = [network.module.get_submodule(n).register_forward_pre_hook(hook(n)) for n in names]
    try:
        with torch.inference_mode():
            network.module(next(batches(network, calibration.images, len(calibration.images))))
    finally:
        for one in hooks:
            one.remove()


def _one_by_one(calibration: Calibration, network: Network, names: Sequence[str], refit: Refit) -> None:
    """Run the images in batches, once for every layer."""
    for name in names:
        refit(name, torch.cat([seen[name] for seen in calibration.inputs([name], network)]))


def _bytes_at_once(calibration: Calibration) -> int:
    """About how much memory the activations of all images take at the same time."""
    widest = 0

    def note(_: str, __: nn.Module, x: Tensor, y: Tensor) -> None:
        nonlocal widest
        widest = max(widest, x.numel(), y.numel())

    network = calibration.network
    run_until_seen(network.module, example_input(network), calibration.reading, note)
    return _ALIVE * 4 * widest * len(calibration.images)


def _losing(calibration: Calibration, kept: Iterable[str]) -> list[str]:
    """The layers that lose inputs, in forward order."""
    lost = {reader.name for layer in kept for reader in calibration.readers(layer)}
    return [name for name in calibration.reading if name in lost]


def _targets(
    calibration: Calibration, names: Sequence[str], kept: Mapping[str, NDArray[np.int64]]
) -> dict[str, Tensor]:
    """What the unpruned network made of the outputs that are kept, shape (rows, outputs), by layer."""
    rows: dict[str, Tensor] = {}
    traced, device = calibration.trace, calibration.network.device
    for coupling in traced.couplings:
        if coupling.convolutions[0] in kept:
            for dep, indices in traced.group(coupling, range(coupling.channels)):
                if dep.handler in OUTPUT_MAKERS:  # linear layers too can be tied to convolutions
                    left = np.asarray(indices)[kept[coupling.convolutions[0]]]
                    rows[traced.names[dep.target.module]] = torch.from_numpy(left).to(device)
    found: dict[str, list[Tensor]] = {name: [] for name in names}
    for seen in calibration.outputs(names):
        for name, y in seen.items():
            found[name].append(y[:, rows[name]] if name in rows else y)
    return {name: torch.cat(parts) for name, parts in found.items()}


def _chosen(calibration: Calibration, x: Tensor, y: Tensor, rounds: int, intercept: bool) -> float:
    """The ridge that does best on images held out, with their mirror images, from the fit."""
    count = calibration.originals
    held_out = torch.arange(len(calibration.images)) % count >= count - max(1, int(_HELD_OUT * count))
    out = held_out.repeat_interleave(len(x) // len(held_out)).to(x.device)

    def loss(ridge: float) -> float:
        fit = Ridge(x[~out], ridge, intercept).fit_rectified(y[~out], rounds)
        return fit.loss(x[out], y[out], rounds > 1)

    return min(RIDGES, key=loss)


def _set(module: nn.Module, norm: Norm | None, weight: Tensor, intercept: Tensor) -> None:
    """Write a fit into a layer; the intercept into its bias, or into the mean of the norm behind it."""
    held, bias = module.get_parameter("weight"), module.bias
    with torch.no_grad():
        held.copy_(weight.T.reshape(held.shape))
        if isinstance(bias, Tensor):
            bias.copy_(intercept)
        elif norm is not None and norm.running_mean is not None:
            norm.running_mean.sub_(intercept)
