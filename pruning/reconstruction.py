"""Repair a pruned network without training: every layer that lost inputs is fitted anew.

A layer that reads fewer channels than before gets the weights with which its outputs on calibration
images come closest, in least squares, to those of the unpruned network.  Layers are fitted in forward
order, each to what the layers before it, pruned and fitted, really send.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

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
    rows = kept_indices(calibration.trace.couplings, kept)
    targets = _targets(calibration, _refitted(calibration, rows), rows)
    for name, wanted in targets.items():
        module = repaired.module.get_submodule(name)
        _set(repaired, name, module, _fit(calibration, repaired, name, wanted, ridge))
    return repaired


def _refitted(calibration: Calibration, kept: Iterable[str]) -> list[str]:
    """The layers that lose inputs, in forward order."""
    lost = {reader.name for layer in kept for reader in calibration.readers(layer)}
    order: list[str] = []
    run_until_seen(
        calibration.network.module,
        example_input(calibration.network),
        sorted(lost),
        lambda name, *_: order.append(name),
    )
    return list(dict.fromkeys(order))


def _targets(
    calibration: Calibration, names: Sequence[str], kept: dict[str, NDArray[np.int64]]
) -> dict[str, list[Tensor]]:
    """For each layer, batch by batch, what the unpruned network made; of outputs that are kept."""
    rows = {
        name: keep
        for coupling in calibration.trace.couplings
        for name in coupling.convolutions
        if (keep := kept.get(coupling.convolutions[0])) is not None
    }
    found: dict[str, list[Tensor]] = {name: [] for name in names}
    for seen in calibration.outputs(names):
        for name in names:
            y = seen[name]
            found[name].append(y[:, torch.from_numpy(rows[name]).to(y.device)] if name in rows else y)
    return found


def _fit(
    calibration: Calibration,
    network: Network,
    name: str,
    wanted: Sequence[Tensor],
    ridge: float | None,
) -> Tensor:
    fitting, judging = _sums(calibration, network, name, wanted)
    whole = fitting + judging
    if ridge is None:
        ridge = min(RIDGES, key=lambda one: judging.error(fitting.fit(one)))
    return whole.fit(ridge)


def _sums(
    calibration: Calibration, network: Network, name: str, wanted: Sequence[Tensor]
) -> tuple[Sums, Sums]:
    weight = network.module.get_submodule(name).get_parameter("weight")
    both = [Sums.zero(weight[0].numel(), len(weight), weight.device) for _ in range(2)]
    for index, seen in enumerate(calibration.inputs([name], network)):
        both[index % _HELD_OUT == _HELD_OUT - 1].add(seen[name], wanted[index])
    return both[0], both[1]


def _set(network: Network, name: str, module: nn.Module, fitted: Tensor) -> None:
    weight = module.get_parameter("weight")
    with torch.no_grad():
        weight.copy_(fitted[:-1].T.reshape(weight.shape))
        module.get_parameter("bias").copy_(fitted[-1])
