"""Refit every layer after the first cut by least squares.

A layer that is given fewer channels than before, or what such layers made, gets the weights with which
its outputs on calibration images come closest to those of the unpruned network.  Layers are fitted in
forward order, each to what the layers before it, pruned and fitted, really send.
"""

from __future__ import annotations

import math
from collections.abc import Collection, Mapping

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from dispersion.errors import InputError
from pruning.calibration import Calibration
from pruning.cutting.kept import kept_indices
from pruning.repair.layer_fit import LayerFit
from pruning.repair.passes import in_forward_order
from pruning.repair.recoveries import recovery
from pruning.tracing.handlers import OUTPUT_MAKERS
from pruning.zoo.network import Network


@recovery("ls", label="least squares", order=20)
def least_squares(network: Network, *, calibration: Calibration) -> Network:
    """Fit layers to the unpruned network's outputs on calibration images."""
    return reconstruct(calibration, network)


def reconstruct(
    calibration: Calibration,
    pruned: Network,
    *,
    ridge: float | None = 2e-2,
    rounds: int = 2,
) -> Network:
    """Fit all layers from the first that lost inputs on to the unpruned network's outputs.

    Layers that lost no inputs are left alone where their outputs are off by no more than 5 % of their
    variance.  Where batch norm and ReLU follow a layer, outputs that the ReLU sets to zero need not be
    matched: it is enough that they stay below zero (see `pruning.repair.rectified.fit_rectified`).
    Where a shortcut that was computed before is added to the outputs, the sum is fitted, so that the
    branch corrects errors of the shortcut.

    Parameters
    ----------
    calibration : Calibration
        The unpruned network with its images; labels are not used.
    pruned : Network
        What `prune` left of the calibrated network; left as it is.
    ridge : float or None
        Penalty on the squared weights, as a share of the columns' mean sum of squares; None to choose,
        layer by layer, the one of `pruning.repair.layer_fit.RIDGES` that does best on the last fifth of
        the images, which are then held out of the fit.
    rounds : int
        Rounds of fitting before ReLUs; 1 for plain least squares everywhere.

    Returns
    -------
    Network
        A copy.  The intercept for a layer without bias goes into the mean of the batch norm after it;
        without a batch norm, the fit has no intercept.

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
        raise InputError(f"the ridge must be a number above 0, not {ridge!r}; leave it out for 0.02.")
    if rounds < 1:
        raise InputError(f"a reconstruction takes 1 round or more, not {rounds!r}.")
    repaired = pruned.copy()
    kept = kept_indices(calibration.trace, pruned.kept_from(calibration.network))
    lost = {consumer.name for layer in kept for consumer in calibration.consumers(layer)}
    names = _disturbed(calibration, lost)
    if names:
        fit = LayerFit(calibration, repaired, lost, _kept_outputs(calibration, kept), ridge, rounds)
        in_forward_order(calibration, repaired, names, fit)
    return repaired


def _disturbed(calibration: Calibration, lost: Collection[str]) -> list[str]:
    """The layers that lose inputs, and all after the first of them, in forward order."""
    order = calibration.layers.fittable
    first = min((order.index(name) for name in lost if name in order), default=len(order))
    return [*sorted(set(lost).difference(order)), *order[first:]]  # what cannot be fitted is refused


def _kept_outputs(calibration: Calibration, kept: Mapping[str, NDArray[np.int64]]) -> dict[str, Tensor]:
    """The outputs that are left, of the layers that lose some."""
    outputs: dict[str, Tensor] = {}
    traced, device = calibration.trace, calibration.network.device
    for coupling in traced.couplings:
        if coupling.convolutions[0] in kept:
            for dep, indices in traced.group(coupling, range(coupling.channels)):
                if dep.handler in OUTPUT_MAKERS:  # linear layers too can be tied to convolutions
                    left = np.asarray(indices)[kept[coupling.convolutions[0]]]
                    outputs[traced.names[dep.target.module]] = torch.from_numpy(left).to(device)
    return outputs
