"""Repair a pruned network without training: every layer behind the first cut is fitted anew.

A layer that reads fewer channels than before, or what such layers made, gets the weights with which its
outputs on calibration images come closest to those of the unpruned network.  Layers are fitted in
forward order, each to what the layers before it, pruned and fitted, really send.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass

import torch
from torch import Tensor, nn

from dispersion.errors import InputError
from pruning.batches import batches
from pruning.calibration import Calibration
from pruning.cutting.kept import kept_indices
from pruning.repair.least_squares import Fit, Ridge
from pruning.repair.targets import Targets
from pruning.tracing.graph import example_input
from pruning.tracing.hooks import noting, run_until_seen
from pruning.tracing.successors import Norm, affine
from pruning.zoo.network import Network

RIDGES = (1e-3, 1e-2, 1e-1)
"""The ridges tried where none is given."""

_FINE = 0.05  # share of its outputs' variance by which a layer may be off that lost no inputs
_HELD_OUT = 0.2  # the share of images that judges a ridge
_MEMORY = 4 * 2**30  # bytes of activations of all images at once; where more are needed, in batches
_ALIVE = 4  # activations of the widest layer's size that live at a time


def reconstruct(
    calibration: Calibration,
    pruned: Network,
    *,
    ridge: float | None = 1e-2,
    rounds: int = 5,
) -> Network:
    """Fit every layer that reads pruned channels, and all behind, to the unpruned network's outputs.

    Layers that lost no inputs are left alone where their outputs are off by no more than 5 % of their
    variance.  Where batch norm and ReLU follow a layer, what they do not let through is not fitted:
    there it is enough that the outputs stay below zero (see `Ridge.fit_rectified`).  Where a shortcut
    is added to the outputs, and was there before them, their sum is fitted: the branch makes up for
    what went wrong on the way to it.

    Parameters
    ----------
    calibration : Calibration
        The unpruned network with its images; labels are not used.
    pruned : Network
        What `prune` left of the calibrated network; left as it is.
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
        A network that was not cut from the calibrated one, a ridge of 0 or less, or too small for the
        numbers, no rounds, or a layer that cannot be fitted (a grouped one, say).

    References
    ----------
    He, Zhang and Sun, "Channel Pruning for Accelerating Very Deep Neural Networks" (2017), section
    3.1: least squares, from the pruned inputs to the original outputs; section 3.3: the last layer of
    a residual branch.  Zhang et al., "Accelerating Very Deep Convolutional Networks for Classification
    and Detection" (2015), section 3.2: to be exact only where ReLU lets something through; the loss
    here is the convex one of the two readings.
    """
    if ridge is not None and not 0 < ridge < math.inf:
        raise InputError(f"the ridge must be a number above 0, not {ridge!r}; leave it out for 0.01.")
    if rounds < 1:
        raise InputError(f"a reconstruction takes 1 round or more, not {rounds!r}.")
    repaired = pruned.copy()
    kept = kept_indices(calibration.trace, pruned.kept_from(calibration.network))
    lost = {reader.name for layer in kept for reader in calibration.readers(layer)}
    names = _disturbed(calibration, lost)
    if names:
        repair = _Repair(calibration, repaired, lost, Targets(calibration, kept), ridge, rounds)
        walk = _at_once if _bytes_at_once(calibration) <= _MEMORY else _one_by_one
        walk(calibration, repaired, names, repair.fit)
    return repaired


@dataclass(frozen=True)
class _Repair:
    """How a layer is fitted: see `reconstruct`; `lost` are the layers that lost inputs."""

    calibration: Calibration
    network: Network
    lost: Collection[str]
    targets: Targets
    ridge: float | None
    rounds: int

    def fit(self, name: str, x: Tensor, added: Tensor | None) -> None:
        """Fit a layer to its targets, unless it lost nothing and is near enough to them.

        Parameters
        ----------
        name : str
            The layer.
        x : Tensor, shape (rows, columns)
            What it multiplies its weights with, as `Window.gathered` orders it; may be overwritten.
        added : Tensor, shape (rows, outputs), or None
            What is added to its outputs on their way.
        """
        module = self.network.module.get_submodule(name)
        window = self.calibration.window(name)
        norm = self.calibration.norm(name, self.network)
        held = module.get_parameter("weight").detach()
        scale, shift = affine(norm, held)
        made, joined = self.targets.take(name)
        y = torch.addcmul(shift, made, scale)
        if joined is not None:
            y += joined
        there = 0.0 if added is None else added
        rounds = self.rounds if self.calibration.rectified(name) else 1
        if name not in self.lost:
            bias = module.bias.detach() if isinstance(module.bias, Tensor) else torch.zeros_like(shift)
            now = Fit(window.columns(held) * scale, bias * scale + shift)
            if _is_fine(now, x, y, there, rounds > 1):
                return
        intercept = module.bias is not None or norm is not None
        ridge = self.ridge or _chosen(self.calibration, x, y, there, rounds, intercept)
        found = Ridge(x, ridge, intercept, overwrite=True).fit_rectified(y, rounds, there)
        weight = window.weight(found.weight / scale, held)
        _set(module, norm, weight, (found.intercept - shift) / scale)


Refit = Callable[[str, Tensor, Tensor | None], None]
"""Takes a layer's name, the rows it multiplies with its weights, and what is added to its outputs."""


def _at_once(calibration: Calibration, network: Network, names: Sequence[str], refit: Refit) -> None:
    """Run all images together, and refit each layer just before it is called for the first time."""
    left = list(names)
    shortcuts = {name: calibration.shortcut(name) for name in names}
    added: dict[str, Tensor] = {}

    def note(layer: str, _: nn.Module, x: Tensor, y: Tensor) -> None:
        for name in left:
            found = shortcuts[name]
            if found is not None and found.layer == layer and name not in added:
                added[name] = calibration.rows_beside(name, found.of(x, y))

    def hook(name: str) -> Callable[[nn.Module, tuple[Tensor, ...]], None]:
        def called(_: nn.Module, inputs: tuple[Tensor, ...]) -> None:
            if name in left:
                left.remove(name)
                refit(name, calibration.rows(name, inputs[0]), added.pop(name, None))

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
        for inputs, shortcuts in calibration.inputs_joined([name], network):
            rows.append(inputs[name])
            added.extend(shortcuts.values())
        refit(name, torch.cat(rows), torch.cat(added) if added else None)


def _bytes_at_once(calibration: Calibration) -> int:
    """About how much memory the activations of all images take at the same time."""
    widest = 0

    def note(_: str, __: nn.Module, x: Tensor, y: Tensor) -> None:
        nonlocal widest
        widest = max(widest, x.numel(), y.numel())

    network = calibration.network
    run_until_seen(network.module, example_input(network), calibration.reading, note)
    return _ALIVE * 4 * widest * len(calibration.images)


def _disturbed(calibration: Calibration, lost: Collection[str]) -> list[str]:
    """The layers that lose inputs, and all behind the first of them, in forward order."""
    order = calibration.fittable
    first = min((order.index(name) for name in lost if name in order), default=len(order))
    return [*sorted(set(lost).difference(order)), *order[first:]]  # what cannot be fitted is refused


def _is_fine(held: Fit, x: Tensor, y: Tensor, added: Tensor | float, rectified: bool) -> bool:
    """Whether a layer gives what it should, but for a small share of the variance."""
    wanted = y.clamp(min=0) if rectified else y
    variation = float((wanted - wanted.mean(0)).double().square().sum())
    return held.loss(x, y, rectified, added) <= _FINE * variation


def _chosen(
    calibration: Calibration,
    x: Tensor,
    y: Tensor,
    added: Tensor | float,
    rounds: int,
    intercept: bool,
) -> float:
    """The ridge that does best on images held out, with their mirror images, from the fit."""
    count = calibration.originals
    held_out = torch.arange(len(calibration.images)) % count >= count - max(1, int(_HELD_OUT * count))
    out = held_out.repeat_interleave(len(x) // len(held_out)).to(x.device)

    def part(whole: Tensor | float, rows: Tensor) -> Tensor | float:
        return whole[rows] if isinstance(whole, Tensor) else whole

    fitted = x[~out], y[~out], part(added, ~out)
    judged = x[out], y[out], part(added, out)

    def loss(ridge: float) -> float:
        fit = Ridge(fitted[0], ridge, intercept).fit_rectified(fitted[1], rounds, fitted[2])
        return fit.loss(judged[0], judged[1], rounds > 1, judged[2])

    return min(RIDGES, key=loss)


def _set(module: nn.Module, norm: Norm | None, weight: Tensor, intercept: Tensor) -> None:
    """Write a fit into a layer; the intercept into its bias, or into the mean of the norm behind it."""
    held, bias = module.get_parameter("weight"), module.bias
    with torch.no_grad():
        held.copy_(weight)
        if isinstance(bias, Tensor):
            bias.copy_(intercept)
        elif norm is not None and norm.running_mean is not None:
            norm.running_mean.sub_(intercept)
