"""No recovery: the network as it was cut, to compare the others with."""

from __future__ import annotations

from pruning.repair.recoveries import recovery
from pruning.zoo.network import Network

AS_CUT = "raw"
"""Its name."""


@recovery(AS_CUT, label="as cut", order=0)
def as_cut(network: Network) -> Network:
    """Leave the network as it is."""
    return network
