"""Cut a network down to the filters that are kept; torch-pruning cuts, and the result is checked here.

torch-pruning silently damages a network on tensors, duplicates and indices out of range, leaves
layers of no channels at all, and misreads operations that shuffle channels.  So every request is
checked before anything is cut, every cut layer is compared with the rows and columns of the original
it must consist of, and the whole with what the original computes where the lost channels do not exist.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn
from torch.nn.modules.conv import _ConvTransposeNd
from torch.nn.modules.instancenorm import _InstanceNorm

from dispersion.errors import InputError
from pruning.cutting.absence import Absent
from pruning.cutting.cut_audit import CutAudit
from pruning.cutting.kept import Kept, dropped, kept_indices
from pruning.cutting.lively import lively
from pruning.cutting.same_function import check_same_function, check_training
from pruning.tracing.graph import Coupling, Trace, trace
from pruning.tracing.handlers import CUT_TYPES, INPUT_CUTTERS
from pruning.zoo.network import Network

_NORMS = (nn.LayerNorm, nn.GroupNorm, _InstanceNorm)


def prune(network: Network, kept: Kept, *, images: NDArray[np.uint8] | None = None) -> Network:
    """Remove the filters that are not kept, with all that depends on them.

    Parameters
    ----------
    network : Network
        Left as it is.
    kept : mapping of str to integers
        For each layer to prune, named as its `FilterLayer`, the distinct indices to keep; channels
        stay in their original order.  Layers not named keep everything.
    images : ndarray of uint8, shape (n, height, width, channels), or None
        What the result is checked on: the first eight, if there are so many; random images otherwise.

    Returns
    -------
    Network
        A smaller copy on the same device; its `kept` says which filters are left.

    Raises
    ------
    InputError
        An unknown layer, or indices that are empty, repeated, out of range or no integers (nothing
        was cut then); or a network that torch-pruning cannot cut, or that computes something else
        once it is cut (see `check_same_function`).
    ContradictionError
        torch-pruning cut something else than it was asked to.
    """
    smaller, absent = cut(network, kept)
    if absent:
        _check_function(network, kept, absent, smaller, images)
    return smaller


def cut(network: Network, kept: Kept) -> tuple[Network, dict[str, list[int]]]:
    """Cut a copy without checking what it computes; `prune` does both.

    Returns
    -------
    Network, dict of str to list of int
        The copy, and by layer the outputs that it lost.
    """
    traced = trace(network)
    audit = CutAudit(network.module)
    requests = _requests(traced, kept)
    for coupling, keep in requests:
        group = traced.group(coupling, dropped(coupling, keep))
        for dep, indices in group:
            if isinstance(dep.target.module, CUT_TYPES):
                audit.note(traced.names[dep.target.module], dep.handler, indices)
        try:
            with torch.inference_mode(False):  # the caller's would make weights nobody can train
                group.prune()
        except Exception as error:  # whatever torch-pruning trips over
            raise InputError(
                f"torch-pruning cannot cut {coupling.convolutions[0]!r} of {network.name} ({error})"
            ) from error
        audit.confirm(coupling.convolutions, keep)
    audit.check(traced.network.module)
    _restore_flags(network.module, traced.network.module)
    left = {coupling.convolutions[0]: keep for coupling, keep in requests}
    return traced.network.keeping(left), audit.absent


def mask(network: Network, kept: Kept) -> Network:
    """Set the filters that are not kept to zero, leaving all shapes as they are.

    The weights and biases of dropped channels become zero in the convolutions and in the batch
    norms behind them; a batch norm left alone would still emit a constant.  Where activations map
    zero to zero, the masked network computes what the pruned one does.

    Parameters
    ----------
    network, kept
        As in `prune`.

    Returns
    -------
    Network
        A copy of the same size.

    Raises
    ------
    InputError
        As in `prune`, or a batch norm without weights, which cannot be silenced.
    """
    traced = trace(network)
    for coupling, keep in _requests(traced, kept):
        for dep, indices in traced.group(coupling, dropped(coupling, keep)):
            module = dep.target.module
            if isinstance(module, (*CUT_TYPES, *_NORMS)) and dep.handler not in INPUT_CUTTERS:
                _silence(module, traced.names[module], indices)
    _restore_flags(network.module, traced.network.module)
    return traced.network


def _requests(traced: Trace, kept: Kept) -> list[tuple[Coupling, NDArray[np.int64]]]:
    """Return the couplings that lose channels with the channels they keep, all of it checked."""
    checked = kept_indices(traced, kept)
    pairs = ((coupling, checked.get(coupling.convolutions[0])) for coupling in traced.couplings)
    return [(coupling, keep) for coupling, keep in pairs if keep is not None]


def _silence(module: nn.Module, name: str, indices: Sequence[int]) -> None:
    """Zero the weights and biases of a layer's output channels."""
    weight, bias = getattr(module, "weight", None), getattr(module, "bias", None)
    if not isinstance(weight, Tensor):
        raise InputError(f"layer {name!r} has no weights, so its channels cannot be masked")
    with torch.no_grad():
        (weight.transpose(0, 1) if isinstance(module, _ConvTransposeNd) else weight)[indices] = 0
        if isinstance(bias, Tensor):
            bias[indices] = 0


def _restore_flags(original: nn.Module, smaller: nn.Module) -> None:
    """Freeze the parameters again that tracing had to unfreeze."""
    for before, after in zip(original.parameters(), smaller.parameters(), strict=True):
        after.requires_grad_(before.requires_grad)


def _check_function(
    network: Network, kept: Kept, absent: Absent, smaller: Network, images: NDArray[np.uint8] | None
) -> None:
    """Compare a cut network with the original, with random weights if its own weights show nothing."""
    if not check_same_function(network, absent, smaller, images):
        model = lively(network, absent)
        if not check_same_function(model, absent, cut(model, kept)[0]):
            raise InputError(
                f"{network.name} has outputs that hardly depend on the image, whatever its weights, so"
                " that a cut of it cannot be checked"
            )
    check_training(network, smaller)
