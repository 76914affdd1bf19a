"""Uniformly random selections, valued by their sum."""

from __future__ import annotations

from solvers.base import Kind, solver
from solvers.maxmin.random import random

solver(
    "random",
    objective="max-sum",
    kind=Kind.HEURISTIC,
    summary="one uniformly random selection (the seed decides); the yardstick of every gap",
    stochastic=True,
    baseline=True,
)(random)
