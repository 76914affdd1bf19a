"""The schedule of a training: everything that decides its result except data and start."""

from __future__ import annotations

import math
from dataclasses import dataclass
from enum import Enum

from dispersion.errors import InputError

_MILESTONES = (0.3, 0.6, 0.8)  # of all epochs: 60, 120 and 160 of 200
_STEP = 0.2
_WARM_UP_FROM = 0.1  # of the learning rate


class Decay(Enum):
    """How the learning rate decreases."""

    COSINE = "cosine"
    STEP = "step"


@dataclass(frozen=True, slots=True)
class Schedule:
    """Stochastic gradient descent with Nesterov momentum, epoch by epoch.

    Parameters
    ----------
    epochs : int
        Passes over the training images, at least 1.
    batch : int
        The most images in a batch, at least 3, so that no batch norm ever sees one alone.
    rate : float
        The highest learning rate, > 0.
    momentum : float
        In [0, 1); Nesterov's unless it is 0.
    weight_decay : float
        Added to the gradient times the weight (L2), for every trained parameter; >= 0.
    decay : Decay
        COSINE falls along half a cosine to 0 at the end, from step to step (Loshchilov and Hutter,
        "SGDR" (2017), equation 5, without restarts); STEP is multiplied by 0.2 after 30, 60 and
        80 % of the epochs (Chen et al., "WHC" (2023), section 4.1: 60, 120 and 160 of 200).
    warm_up : int
        Number of first epochs in which the rate grows linearly from a tenth of its value; >= 0.
    augment : bool
        Crop at random after padding 4 black pixels on every side, and mirror every other image.
    label_smoothing : float
        In [0, 1): this share of every label is spread over all classes.
    seed : int
        Decides the order of the images, their augmentation, and dropout; in [0, 2^63).

    Raises
    ------
    InputError
        A value out of its range.
    """

    epochs: int
    batch: int = 128
    rate: float = 0.1
    momentum: float = 0.9
    weight_decay: float = 5e-4
    decay: Decay = Decay.COSINE
    warm_up: int = 0
    augment: bool = True
    label_smoothing: float = 0.0
    seed: int = 0

    def __post_init__(self) -> None:
        checks = {
            "epochs must be at least 1": (self.epochs, self.epochs >= 1),
            "a batch must hold at least 3 images": (self.batch, self.batch >= 3),
            "the learning rate must be > 0": (self.rate, 0 < self.rate < math.inf),
            "momentum must be in [0, 1)": (self.momentum, 0 <= self.momentum < 1),
            "weight decay must be >= 0": (self.weight_decay, 0 <= self.weight_decay < math.inf),
            "warm-up must be 0 epochs or more": (self.warm_up, self.warm_up >= 0),
            "label smoothing must be in [0, 1)": (self.label_smoothing, 0 <= self.label_smoothing < 1),
            "the seed must be in [0, 2^63)": (self.seed, 0 <= self.seed < 2**63),
        }
        for rule, (value, holds) in checks.items():
            if not holds:
                raise InputError(f"{rule}, not {value}")

    @classmethod
    def fine_tuning(
        cls, epochs: int = 3, batch: int = 128, rate: float = 0.01, seed: int = 0
    ) -> Schedule:
        """Return a short schedule for a network that is trained already, as pruned ones are."""
        return cls(epochs, batch=batch, rate=rate, seed=seed)

    def rate_at(self, epoch: float) -> float:
        """Return the learning rate after `epoch` epochs, a fraction of one included."""
        done = epoch / self.epochs
        if self.decay is Decay.COSINE:
            rate = self.rate * (1 + math.cos(math.pi * done)) / 2
        else:
            rate = self.rate * _STEP ** sum(done >= milestone for milestone in _MILESTONES)
        if epoch < self.warm_up:
            rate *= _WARM_UP_FROM + (1 - _WARM_UP_FROM) * epoch / self.warm_up
        return rate
