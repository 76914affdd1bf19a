"""Tests of `solvers.maxmin.kuby`: the model itself, apart from the engine's answer."""

from __future__ import annotations

import itertools

import numpy as np
import pyomo.environ as pyo

from dispersion import Instance, Status
from solvers import solve
from solvers.maxmin.kuby import kuby_model
from solvers.ranks.window import window


def test_the_model_caps_every_selection_at_its_rank():
    """For each selection of six points, the largest feasible r is the rank of its value."""
    instance = Instance.from_points(np.random.default_rng(4).random((6, 2)), 3)
    pairs = window(instance)
    model = kuby_model(6, 3, pairs)
    for chosen in itertools.combinations(range(6), 3):
        for i in range(6):
            model.x[i].set_value(int(i in chosen))
        rank = min(instance.ranks[i, j] for i, j in itertools.combinations(chosen, 2))
        rows = [*model.exclude.values(), *model.cap.values(), model.choose]
        for r in range(pairs.low, pairs.high + 1):
            model.r.set_value(r)
            feasible = all(
                (row.lower is None or pyo.value(row.body) >= pyo.value(row.lower) - 1e-9)
                and (row.upper is None or pyo.value(row.body) <= pyo.value(row.upper) + 1e-9)
                for row in rows
            )
            assert feasible == (r <= rank), (chosen, r)


def test_time_may_be_up_before_the_model_stands():
    """Then the greedy answer and the degree bound are returned, and it says so."""
    X = np.random.default_rng(1).normal(size=(128, 32))
    solution = solve(Instance.from_points(X, 32, "normalized"), "kuby", time_limit=0.02)
    assert solution.status is Status.TIME_LIMIT
    assert solution.message == "out of time before the model was built"
    assert solution.bound > solution.objective


def test_a_failed_engine_proves_nothing(monkeypatch):
    """When HiGHS gives up, its empty answer (a bound of 0) is not taken for a proof."""
    import highspy

    monkeypatch.setattr(highspy.Highs, "run", lambda self: highspy.HighsStatus.kError)
    matrix = np.triu(np.random.default_rng(267).integers(0, 4, (8, 8)), k=1)
    solution = solve(Instance(matrix + matrix.T, 3), "kuby")
    assert solution.status is Status.ERROR
    assert solution.message.startswith("HiGHS ended with")
    assert solution.bound >= solve(Instance(matrix + matrix.T, 3), "clique").objective
