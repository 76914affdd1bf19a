"""Tests of how CP-SAT is run: endings, limits, callbacks, and what its answer holds."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from ortools.sat.python import cp_model

from dispersion import EngineError, InputError, Instance
from solvers import solve
from solvers.engines import cp_sat
from solvers.engines.common import Outcome
from solvers.run import Limits, Run


def path(n: int, p: int) -> tuple[cp_model.CpModel, list[cp_model.IntVar]]:
    """p of n points in a row, no two of them neighbours."""
    model = cp_model.CpModel()
    x = cp_sat.points_of(model, n, p, hint=np.arange(0, n, 2))
    for one, other in itertools.pairwise(x):
        model.add_at_most_one(one, other)
    return model, x


def test_a_question_is_answered_yes_or_no():
    """With the points, or with a proof that there are none."""
    answer = cp_sat.decide(*path(7, 4), seconds=60.0, threads=1)
    assert (answer.outcome, answer.chosen.tolist()) == (Outcome.OPTIMAL, [0, 2, 4, 6])
    refuted = cp_sat.decide(*path(7, 5), seconds=60.0, threads=1, seed=3)
    assert (refuted.outcome, refuted.chosen, refuted.bound) == (Outcome.INFEASIBLE, None, None)


def test_an_invalid_model_is_a_failure():
    """And no refutation."""
    model, x = path(7, 4)
    model.proto.constraints[0].linear.vars.append(10**6)
    with pytest.raises(EngineError, match="CP-SAT ended with MODEL_INVALID"):
        cp_sat.decide(model, x, seconds=60.0, threads=1)


def a_run(n: int, p: int, seconds: float = 60.0, threads: int = 1) -> Run:
    return Run(Instance(1.0 - np.eye(n), p), Limits(seconds, threads), "max-min")


@pytest.mark.parametrize("threads", [1, 2])
def test_selections_and_bounds_are_reported(threads):
    """While it runs; the last bound and the best selection are in the answer."""
    model, x = path(9, 3)
    model.maximize(sum(k * variable for k, variable in enumerate(x)))
    run, bounds = a_run(9, 3, threads=threads), []
    answer = cp_sat.maximise(run, model, x, bounds.append)
    assert (answer.outcome, answer.bound) == (Outcome.OPTIMAL, 18.0)
    assert answer.chosen.tolist() == [4, 6, 8]
    assert run.selected is not None
    assert all(bound >= 18.0 for bound in bounds)
    assert answer.effort.endswith("conflicts")
    assert not run.out_of_time


def test_time_ends_a_run():
    """Whether or not it has found anything by then."""
    n = 400
    rng = np.random.default_rng(0)
    model = cp_model.CpModel()
    x = cp_sat.points_of(model, n, 60)
    for i, j in np.argwhere(np.triu(rng.random((n, n)) < 0.03, k=1)):
        model.add_at_most_one(x[i], x[j])
    model.maximize(
        sum(int(weight) * one for weight, one in zip(rng.integers(1, 99, n), x, strict=True))
    )
    run = a_run(n, 60, seconds=0.3)
    assert cp_sat.maximise(run, model, x, lambda bound: None).outcome is Outcome.TIME_LIMIT
    assert run.out_of_time


def test_a_feasible_model_that_is_called_infeasible_is_a_failure():
    """The caller has a solution of it, so the engine is wrong."""
    model, x = path(7, 5)
    model.maximize(x[0])
    with pytest.raises(EngineError, match="CP-SAT reported a model infeasible that has a solution"):
        cp_sat.maximise(a_run(7, 5), model, x, lambda bound: None)


def test_workers_and_symmetry_are_parameters(monkeypatch):
    """Of both solvers; workers are as many as threads unless told otherwise."""
    used = []

    def solved(engine, model, x, callback=None):
        parameters = engine.parameters
        used.append((parameters.num_workers, parameters.symmetry_level, parameters.interleave_search))
        return cp_sat.Answer(Outcome.TIME_LIMIT, None, None, "")

    monkeypatch.setattr(cp_sat, "_solved", solved)
    cloud = Instance.from_points(np.random.default_rng(1).normal(size=(12, 3)), 4)
    for objective in ("max-min", "max-sum"):
        solve(cloud, "cp-sat:workers=3,symmetry=0", objective=objective)
        solve(cloud, "cp-sat", objective=objective)
    assert used == [(3, 0, True), (1, 2, False)] * 2
    with pytest.raises(InputError, match="symmetry must lie between 0 and 4, got 5"):
        solve(cloud, "cp-sat:symmetry=5")
    with pytest.raises(InputError, match="unknown argument of cp-sat 'worker'; did you mean workers"):
        solve(cloud, "cp-sat:worker=3")
