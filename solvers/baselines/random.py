"""Uniformly random selections: the baseline for every method."""

from __future__ import annotations

from dispersion.objectives import list_objectives
from dispersion.random_baseline import random_selection
from solvers.registration import Guarantee, solver
from solvers.run import Run


def random(run: Run) -> None:
    """Choose p points uniformly at random; for packing, points in random order while they fit.

    Distances concentrate in high dimension, so even random selections have a small gap; report them
    beside every other method.
    """
    run.report_incumbent(random_selection(run.instance, run.rng))


for _objective in list_objectives():
    solver(
        "random",
        objective=_objective.name,
        guarantee=Guarantee.HEURISTIC,
        summary="one random selection (the seed decides); the baseline of every gap",
        stochastic=True,
        baseline=True,
        takes_quotas=True,
        shares_process=True,
    )(random)
