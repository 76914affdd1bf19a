"""Uniformly random selections: what no method at all would give."""

from __future__ import annotations

from solvers.base import Kind, Run, solver


@solver(
    "random",
    objective="max-min",
    kind=Kind.HEURISTIC,
    summary="one uniformly random selection (the seed decides); the yardstick of every gap",
    stochastic=True,
    baseline=True,
)
def random(run: Run) -> None:
    """Choose p points uniformly at random.

    Distances concentrate in high dimension, so even random selections have a small gap; report them
    beside every other method.
    """
    run.incumbent(run.rng.choice(run.instance.n, size=run.instance.p, replace=False))
