"""Random filters: the baseline that every other criterion has to beat."""

from __future__ import annotations

import numpy as np

from pruning.criteria import Scores, always, scoring
from pruning.filters import FilterLayer


@scoring(
    "random",
    summary="a uniform draw, the baseline of every comparison",
    chance=always,
    solver_too=True,
)
def random(layer: FilterLayer, *, seed: int = 0) -> Scores:
    """Score by random numbers: every set of p filters is equally likely."""
    return np.random.default_rng(seed).random(len(layer.points))
