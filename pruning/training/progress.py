"""How far a training has got."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass

from torch import Tensor

_BETWEEN_SECONDS = 15.0


@dataclass(frozen=True, slots=True)
class TrainingProgress:
    """How far a training has got.

    Parameters
    ----------
    epoch, epochs : int
        The epoch at work or just done, from 1 on, and how many there will be.
    images, of : int
        How many images of the epoch are done, and how many it has.
    loss : float
        Mean cross-entropy of these, each as its batch met it.
    seconds_left : float
        Wall-clock seconds to the end of the training, at the mean pace so far.
    """

    epoch: int
    epochs: int
    images: int
    of: int
    loss: float
    seconds_left: float


class Watch:
    """Reports how far a training has got: after every epoch, and every 15 seconds within one.

    Parameters
    ----------
    tell : callable or None
        Called with the progress; None for no reports.
    first, epochs : int
        The epoch with which the training begins or goes on, from 1 on, and how many there will be.
    images : int
        Images in an epoch.
    """

    def __init__(
        self, tell: Callable[[TrainingProgress], None] | None, first: int, epochs: int, images: int
    ) -> None:
        self._report, self._first, self._epochs, self._of = tell, first, epochs, images
        self._begun = self._reported = time.monotonic()

    def step(self, epoch: int, images: int, loss_sum: Tensor) -> None:
        """Note that `images` of an epoch are done, with losses that add up to `loss_sum`."""
        now = time.monotonic()
        if self._report is None or (images < self._of and now - self._reported < _BETWEEN_SECONDS):
            return  # reading the loss would make a GPU wait
        self._reported = now
        done = (epoch - self._first) * self._of + images
        left = (self._epochs - self._first + 1) * self._of - done
        pace = (now - self._begun) / done
        loss = float(loss_sum) / images
        self._report(TrainingProgress(epoch, self._epochs, images, self._of, loss, pace * left))
