"""Prices of quotas: no selection that meets them loses by the other weights, and the bound gains."""

from __future__ import annotations

import itertools
import math

import numpy as np
import pytest

from dispersion import Instance
from solvers.run import Limits, Run
from solvers.sums.concave_bounds import ScaledRun, relaxation_of
from solvers.sums.prices import priced
from solvers.sums.reformulation import Quadratic, tangent_bound


def two_towns(seed: int) -> Instance:
    """Few points far away, of which a quota allows one, and many near each other."""
    rng = np.random.default_rng(seed)
    points = np.vstack([rng.random((7, 2)), 20.0 + rng.random((4, 2))])
    quota = {"far": (0, 1), "near": (2, None)} if seed % 2 else {"near": (4, 5)}
    return Instance.from_points(points, 5, groups=["near"] * 7 + ["far"] * 4, quota=quota)


def value(problem: Quadratic, selected: tuple[int, ...]) -> float:
    """Of a selection."""
    x = np.zeros(len(problem.linear))
    x[list(selected)] = 1.0
    return problem.constant + float(problem.linear @ x + x @ problem.matrix @ x / 2.0)


@pytest.mark.parametrize("seed", range(6))
def test_prices_cost_no_selection_that_is_allowed(seed: int) -> None:
    """Each is worth as much at least; and the bound of the relaxation comes down by far."""
    instance = two_towns(seed)
    run = Run(instance, Limits(math.inf), "max-sum")
    run.report_incumbent([0, 1, 2, 3, 7])
    bracket = ScaledRun(run, 1.0)
    problem = Quadratic.of(np.array(instance.distances), instance.p)
    other = priced(problem, instance.quota, bracket)
    allowed = [
        chosen
        for chosen in itertools.combinations(range(instance.n), instance.p)
        if all(quota.met(np.array(chosen)) for quota in instance.quota)
    ]
    assert len(allowed) > 50
    assert all(value(other, chosen) >= value(problem, chosen) - 1e-9 for chosen in allowed)
    best = max(value(problem, chosen) for chosen in allowed)
    free, tight = (
        tangent_bound(one, relaxation.shift, x)
        for one in (problem, other)
        for relaxation, x in [relaxation_of(one, bracket)]
    )
    assert free > 1.2 * best
    assert best - 1e-9 <= tight < free - 0.5 * (free - best)
