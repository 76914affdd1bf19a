"""One layer of a pruned network, fitted to the outputs of the unpruned one."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from functools import partial

import torch
from torch import Tensor, nn

from pruning.calibration import Calibration
from pruning.repair.rectified import fit_rectified
from pruning.repair.ridge import Fit, Ridge
from pruning.repair.rows import Rows
from pruning.tracing.successors import Norm, affine
from pruning.zoo.network import Network

RIDGES = (1e-3, 1e-2, 1e-1)
"""The ridges tried where none is given."""

_FINE = 0.05  # share of its outputs' variance by which a layer may be off that lost no inputs
_HELD_OUT = 0.2  # the share of images that judges a ridge


@dataclass(frozen=True)
class LayerFit:
    """Fits layers of a pruned network to the outputs of the unpruned one.

    Parameters
    ----------
    calibration : Calibration
        The unpruned network with its images.
    network : Network
        The pruned one, whose layers are changed.
    lost : collection of str
        The layers that lost inputs.
    kept_outputs : mapping of str to Tensor of int64
        The outputs that are left, of the layers that lost some.
    ridge, rounds
        As in `pruning.repair.recoveries.least_squares.reconstruct`.
    """

    calibration: Calibration
    network: Network
    lost: Collection[str]
    kept_outputs: Mapping[str, Tensor]
    ridge: float | None
    rounds: int

    def __call__(self, name: str, x: Tensor, added: Tensor | None) -> None:
        """Fit a layer, unless it lost no inputs and its outputs are near enough.

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
        layers = self.calibration.layers
        window, norm = layers.window(name), layers.norm(name, self.network)
        held = module.get_parameter("weight").detach()
        scale, shift = affine(norm, held)
        made, joined = self.calibration.reference_outputs.of(name, self.kept_outputs.get(name))
        y = torch.addcmul(shift, made, scale)
        if joined is not None:
            y += joined
        there = 0.0 if added is None else added
        rounds = self.rounds if layers.rectified(name) else 1
        if name not in self.lost:
            bias = module.bias.detach() if isinstance(module.bias, Tensor) else torch.zeros_like(shift)
            now = Fit(window.columns(held) * scale, bias * scale + shift)
            if _is_fine(now, x, y, there, rounds > 1):
                return
        rows_of = partial(Rows, blocks=window.taps, centred=module.bias is not None or norm is not None)
        ridge = self.ridge or _chosen(self.calibration, rows_of, x, y, there, rounds)
        fit = fit_rectified(Ridge(rows_of(x, overwrite=True), ridge), y, rounds, there)
        weight = window.weight(fit.weight / scale, held)
        _set(module, norm, weight, (fit.intercept - shift) / scale)


def _is_fine(held: Fit, x: Tensor, y: Tensor, added: Tensor | float, rectified: bool) -> bool:
    """Whether a layer's outputs are right, except for a small share of their variance."""
    wanted = y.clamp(min=0) if rectified else y
    variation = float((wanted - wanted.mean(0)).double().square().sum())
    return held.loss(x, y, rectified, added) <= _FINE * variation


def _chosen(
    calibration: Calibration,
    rows_of: Callable[[Tensor], Rows],
    x: Tensor,
    y: Tensor,
    added: Tensor | float,
    rounds: int,
) -> float:
    """Choose the ridge that does best on images held out of the fit, with their mirror images."""
    count = calibration.originals
    held_out = torch.arange(len(calibration.images)) % count >= count - max(1, int(_HELD_OUT * count))
    out = held_out.repeat_interleave(len(x) // len(held_out)).to(x.device)

    def part(whole: Tensor | float, rows: Tensor) -> Tensor | float:
        return whole[rows] if isinstance(whole, Tensor) else whole

    fitted = rows_of(x[~out]), y[~out], part(added, ~out)
    judged = x[out], y[out], part(added, out)

    def loss(ridge: float) -> float:
        fit = fit_rectified(Ridge(fitted[0], ridge), fitted[1], rounds, fitted[2])
        return fit.loss(judged[0], judged[1], rounds > 1, judged[2])

    return min(RIDGES, key=loss)


def _set(module: nn.Module, norm: Norm | None, weight: Tensor, intercept: Tensor) -> None:
    """Write a fit into a layer; the intercept into its bias or the mean of the batch norm after it."""
    held, bias = module.get_parameter("weight"), module.bias
    with torch.no_grad():
        held.copy_(weight)
        if isinstance(bias, Tensor):
            bias.copy_(intercept)
        elif norm is not None and norm.running_mean is not None:
            norm.running_mean.sub_(intercept)
