"""Train a pruned network further."""

from __future__ import annotations

from pruning.repair.recoveries import recovery
from pruning.training import TrainingPlan
from pruning.zoo.network import Network


@recovery("ft", label="fine-tuning", order=30, continues=True)
def fine_tuning(network: Network, *, training: TrainingPlan) -> Network:
    """Train as planned."""
    return training.run(network)
