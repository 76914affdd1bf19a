"""Repair a pruned network without training: every layer that lost inputs is fitted anew.

A layer that reads fewer channels than before gets the weights with which its outputs on calibration
images come closest, in least squares, to those of the unpruned network.  Layers are fitted in forward
order, each to what the layers before it, pruned and fitted, really send.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from dispersion.errors import InputError
from pruning.calibration import Calibration, run_until_seen
from pruning.graph import example_input
from pruning.kept import Kept, kept_indices
from pruning.least_squares import Sums
from pruning.zoo.network import Network

RIDGES = (1e-4, 1e-3, 3e-3, 1e-2, 3e-2, 1e-1, 3e-1)
"""The ridges tried, as shares of the inputs' mean variance."""

Norm = nn.BatchNorm1d | nn.BatchNorm2d

_HELD_OUT = 5  # one batch in so many judges the ridge


def reconstruct(
    calibration: Calibration, pruned: Network, kept: Kept, ridge: float | None = None
) -> Network:
    """Fit every layer that reads pruned channels to what it gave in the unpruned network.

    Parameters
    ----------
    calibration : Calibration
        The unpruned network with its images; labels are not used.
    pruned : Network
        ``prune(calibration.network, kept)``; left as it is.
    kept : mapping of layer name to kept indices
        What was kept.
    ridge : float or None
        Penalty on the squared weights, as a share of the mean variance of the layer's inputs; None
        to choose among `RIDGES`, layer by layer, the one that does best on a fifth of the images.

    Returns
    -------
    Network
        A copy.  What a fit adds to a layer without bias goes into the mean of the batch norm behind
        it; without one, the fit has no intercept to give and is made without.

    Raises
    ------
    InputError
        A ridge of 0 or less, or a layer that cannot be fitted (grouped, say).

    References
    ----------
    He, Zhang and Sun, "Channel Pruning for Accelerating Very Deep Neural Networks" (2017), section
    3.1, equation 5, fitted to what the pruned layers before it send.  Mariet and Sra, "Diversity
    Networks" (2016), section 3.2, call it fusion.
    """
    if ridge is not None and not ridge > 0:
        raise InputError(f"the ridge must be above 0, not {ridge!r}")
    repaired = pruned.copy()
    kept = kept_indices(calibration.trace.couplings, kept)
    names = _losing(calibration, kept)
    norms = _norms_behind(repaired, names)
    targets = _targets(calibration, names, kept)
    for name in names:
        module = repaired.module.get_submodule(name)
        norm = norms.get(name)
        intercept = module.bias is not None or norm is not None
        fitted = _fit(calibration, repaired, name, targets.pop(name), ridge, intercept)
        _set(module, norm, fitted)
    return repaired


def _losing(calibration: Calibration, kept: Iterable[str]) -> list[str]:
    """The layers that lose inputs, in forward order."""
    lost = {reader.name for layer in kept for reader in calibration.readers(layer)}
    return [name for name in calibration.reading if name in lost]


def _norms_behind(network: Network, names: Sequence[str]) -> dict[str, Norm]:
    """The batch norm that takes the output of each of these layers as it is, where there is one."""
    made: dict[str, Tensor] = {}
    found: dict[str, Norm] = {}

    def note(name: str, module: nn.Module, x: Tensor, y: Tensor) -> None:
        if isinstance(module, Norm):
            found.update({layer: module for layer, output in made.items() if output is x})
        else:
            made[name] = y

    norms = [name for name, one in network.module.named_modules() if isinstance(one, Norm)]
    run_until_seen(network.module, example_input(network), [*names, *norms], note)
    return found


def _targets(
    calibration: Calibration, names: Sequence[str], kept: Mapping[str, NDArray[np.int64]]
) -> dict[str, list[Tensor]]:
    """For each layer, batch by batch, what the unpruned network made of the outputs that are kept."""
    rows = {
        name: torch.from_numpy(kept[coupling.convolutions[0]]).to(calibration.network.device)
        for coupling in calibration.trace.couplings
        if coupling.convolutions[0] in kept
        for name in coupling.convolutions
    }
    found: dict[str, list[Tensor]] = {name: [] for name in names}
    for seen in calibration.outputs(names):
        for name, y in seen.items():
            found[name].append(y[:, rows[name]] if name in rows else y)
    return found


def _fit(
    calibration: Calibration,
    network: Network,
    name: str,
    wanted: Sequence[Tensor],
    ridge: float | None,
    intercept: bool,
) -> Tensor:
    weight = network.module.get_submodule(name).get_parameter("weight")
    fitting, judging = (Sums.zero(weight[0].numel(), len(weight), weight.device) for _ in range(2))
    for index, seen in enumerate(calibration.inputs([name], network)):
        half = judging if index % _HELD_OUT == _HELD_OUT - 1 else fitting
        half.add(seen[name], wanted[index])
    if ridge is None:
        ridge = min(RIDGES, key=lambda one: judging.error(fitting.fit(one, intercept)))
    return (fitting + judging).fit(ridge, intercept)


def _set(module: nn.Module, norm: Norm | None, fitted: Tensor) -> None:
    """Write a fit into a layer; the intercept into its bias, or into the mean of the norm behind it."""
    weight, bias = module.get_parameter("weight"), module.bias
    with torch.no_grad():
        weight.copy_(fitted[:-1].T.reshape(weight.shape))
        if isinstance(bias, Tensor):
            bias.copy_(fitted[-1])
        elif norm is not None and norm.running_mean is not None:
            norm.running_mean.sub_(fitted[-1])
