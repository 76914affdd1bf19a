"""Find the layers of a network that can be pruned, by trying."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from weakref import WeakKeyDictionary

import numpy as np
from numpy.typing import NDArray
from torch import nn

from dispersion.errors import ContradictionError, InputError
from pruning.cutting.same_function import check_network
from pruning.cutting.surgery import prune
from pruning.tracing.graph import Coupling, LeftOut, trace
from pruning.tracing.unfit import require_weights
from pruning.zoo.network import Network


@dataclass(frozen=True, slots=True)
class Survey:
    """The layers of a network that can be pruned, and the others.

    Parameters
    ----------
    couplings : tuple of Coupling
        Groups of convolutions whose channels can be removed one by one, in forward order.
    left_out : tuple of LeftOut
        The other convolutions, with the reason.
    """

    couplings: tuple[Coupling, ...]
    left_out: tuple[LeftOut, ...]


_Shapes = tuple[tuple[str, tuple[int, ...]], ...]
_known: WeakKeyDictionary[nn.Module, tuple[_Shapes, Survey]] = WeakKeyDictionary()


def survey(network: Network) -> Survey:
    """Cut half of all layers away and see whether what is left computes what it should.

    If it does not, the layers are tried one by one, and those that fail are left out.

    Parameters
    ----------
    network : Network
        Left as it is.

    Returns
    -------
    Survey
        Remembered as long as the network's module lives and keeps its shapes.

    Raises
    ------
    InputError
        The network cannot be followed or checked at all, or no layer of it can be pruned.
    """
    require_weights(network)
    shapes = tuple((name, tuple(one.shape)) for name, one in network.module.state_dict().items())
    if network.module in _known and _known[network.module][0] == shapes:
        return _known[network.module][1]
    surveyed = _survey(network)
    _known[network.module] = shapes, surveyed
    return surveyed


def _survey(network: Network) -> Survey:
    traced = trace(network)
    left_out = list(traced.left_out)
    couplings = list(traced.couplings)
    if couplings and _fault(network, couplings) is not None:
        check_network(network)
        couplings = _working(network, traced.couplings, left_out)
    if not couplings:
        reasons = "; ".join(f"{one.layer!r} {one.reason}" for one in left_out[:3])
        more = f"; and {len(left_out) - 3} more" if len(left_out) > 3 else ""
        raise InputError(
            f"{network.name} has no layer whose filters can be pruned"
            f" ({reasons or 'it has no two-dimensional convolution'}{more})"
        )
    return Survey(tuple(couplings), tuple(left_out))


def _working(
    network: Network, couplings: Sequence[Coupling], left_out: list[LeftOut]
) -> list[Coupling]:
    """The couplings that can be cut alone, and together with the ones before them."""
    working: list[Coupling] = []
    for coupling in couplings:
        fault = _fault(network, [coupling]) or _fault(network, [*working, coupling])
        if fault is None:
            working.append(coupling)
        else:
            left_out.append(LeftOut(coupling.convolutions[0], f"cannot be pruned: {fault}"))
    return working


def _fault(network: Network, couplings: Sequence[Coupling]) -> str | None:
    """The error when some layers lose half of their channels; None if there is none."""
    try:
        prune(network, {one.convolutions[0]: _half(one.channels) for one in couplings})
    except (InputError, ContradictionError) as error:
        return str(error).replace(f"{network.name} ", "the network ", 1).partition("; please report")[0]
    return None


def _half(channels: int) -> NDArray[np.int64]:
    kept = np.random.default_rng(channels).choice(channels, -(-channels // 2), replace=False)
    return np.sort(kept)
