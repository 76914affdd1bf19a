"""The consumers of channels: the layers that take in what a coupling makes."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from pruning.tracing.graph import Coupling, Trace
from pruning.tracing.handlers import INPUT_CUTTERS


@dataclass(frozen=True, slots=True, eq=False)
class Consumer:
    """A convolution or linear layer that takes in the channels of a coupling.

    Parameters
    ----------
    name : str
        Its dotted name.
    columns : ndarray of int64, shape (n, k)
        For each of the n channels, the columns of the consumer's weight (flattened to one row an
        output) that act on it: the kernel's positions, or the features a channel was flattened to.
    """

    name: str
    columns: NDArray[np.int64]


def consumers(traced: Trace, coupling: Coupling) -> list[Consumer]:
    """Find the layers that take in a coupling's channels.

    Parameters
    ----------
    traced : Trace
        The network's.
    coupling : Coupling
        One of its couplings.

    Returns
    -------
    list of Consumer
        In the order in which torch-pruning finds them; empty if only the network's output takes them.
    """
    takers = []
    for dep, indices in traced.group(coupling, range(coupling.channels)):
        if dep.handler in INPUT_CUTTERS:
            module = dep.target.module
            inputs = np.asarray(indices, dtype=np.int64).reshape(coupling.channels, -1)
            area = module.weight[0, 0].numel()
            columns = inputs[:, :, None] * area + np.arange(area)
            takers.append(Consumer(traced.names[module], columns.reshape(coupling.channels, -1)))
    return takers
