"""Everything that a training needs besides the network."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from pruning.training.loop import train
from pruning.training.progress import TrainingProgress
from pruning.training.schedule import Schedule
from pruning.zoo.network import Network


@dataclass(frozen=True, slots=True, eq=False)
class TrainingPlan:
    """Labelled images to learn from, and how.

    Parameters
    ----------
    images : ndarray of uint8, shape (n, height, width, channels)
        Training images.
    labels : ndarray of int64, shape (n,)
        Their classes.
    schedule : Schedule
        How to train; `Schedule.fine_tuning` by default.
    watch : callable or None
        Called now and then with how far the training has got.
    checkpoint : callable or None
        Maps the network that the training starts with to the file in which it keeps its epochs.
    """

    images: NDArray[np.uint8]
    labels: NDArray[np.int64]
    schedule: Schedule = field(default_factory=lambda: Schedule.fine_tuning())
    watch: Callable[[TrainingProgress], None] | None = None
    checkpoint: Callable[[Network], Path] | None = None

    def run(self, network: Network) -> Network:
        """Return a trained copy of a network; see `train`."""
        file = None if self.checkpoint is None else self.checkpoint(network)
        return train(
            network, self.images, self.labels, self.schedule, checkpoint=file, watch=self.watch
        )
