"""Tests of the solvers that bisect: `node-packing`, `highs-packing` and `cp-sat-bisection`."""

from __future__ import annotations

import numpy as np
import pytest
from pyomo.core.expr.visitor import identify_variables

from dispersion import EngineError, Instance, Status, generate
from solvers import Limits, Run, solve
from solvers.engines.mip.highs import HighsProgram
from solvers.engines.pyomo import hand_over
from solvers.maxmin.cp_sat_bisection import _decide, feasibility_model
from solvers.maxmin.highs_packing import clique_packing
from solvers.maxmin.node_packing import packing_model
from solvers.ranks.packings import pack

BISECTING = ("node-packing", "highs-packing", "cp-sat-bisection")
CLOUD = Instance.from_points(np.random.default_rng(6).normal(size=(24, 6)), 7)


def verdict_of(name, run, t):
    """One probe of the solver `name`."""
    ranks, n, p = np.array(CLOUD.ranks), CLOUD.n, CLOUD.p
    if name == "node-packing":
        return pack(hand_over(packing_model(ranks, t)), run, 10.0, "HiGHS")
    if name == "highs-packing":
        return pack(HighsProgram(clique_packing(ranks, p, t), np.arange(n)), run, 10.0, "HiGHS")
    model, x = feasibility_model(ranks, p, t, np.arange(p))
    return _decide(model, x, run, 10.0)


@pytest.mark.parametrize("name", BISECTING)
def test_a_probe_knows_whether_a_rank_can_be_reached(name):
    """Yes with a true witness up to the optimum, no above it, for ranks near and far."""
    optimum = int(np.searchsorted(CLOUD.levels, solve(CLOUD, "clique").objective))
    run = Run(CLOUD, Limits(), "max-min")
    top = len(CLOUD.levels) - 1
    for t in (0, 1, optimum - 20, optimum - 1, optimum, optimum + 1, optimum + 20, top, top + 1):
        verdict = verdict_of(name, run, t)
        assert verdict.refuted == (t > optimum), t
        assert (verdict.witness is not None) == (t <= optimum), t
        if verdict.witness is not None:
            chosen = verdict.witness
            assert len(set(chosen.tolist())) == CLOUD.p
            assert CLOUD.ranks[np.ix_(chosen, chosen)][np.triu_indices(CLOUD.p, k=1)].min() >= t


def test_the_packing_model_is_the_published_one():
    """A row for every pair that is too close, all points counted."""
    model = packing_model(CLOUD.ranks, 50)
    near = np.argwhere(np.triu(CLOUD.ranks < 50, k=1)).tolist()
    rows = [
        sorted(variable.index() for variable in identify_variables(row.body))
        for row in model.exclude.values()
    ]
    assert rows == near
    assert all(row.upper == 1 for row in model.exclude.values())


@pytest.mark.parametrize("name", BISECTING)
@pytest.mark.parametrize("p", [2, 23, 24])
def test_extreme_p(name, p):
    """Two points, all but one, and all."""
    instance = CLOUD.with_p(p)
    solution = solve(instance, name)
    assert solution.status is Status.OPTIMAL
    assert solution.objective == solve(instance, "clique").objective


@pytest.mark.parametrize("name", BISECTING)
@pytest.mark.parametrize("seconds", [1e-6, 0.01, 0.1])
def test_both_ends_stand_however_little_time_there_is(name, seconds):
    """The greedy answer and the degree bound, at least, and the time is kept."""
    X = np.random.default_rng(1).normal(size=(160, 32))
    solution = solve(Instance.from_points(X, 40, "normalized"), name, time_limit=seconds)
    assert solution.status is Status.TIME_LIMIT
    assert solution.bound > solution.objective > 0


@pytest.mark.parametrize("name", ["node-packing", "highs-packing"])
def test_a_failed_engine_proves_nothing(name, monkeypatch):
    """When HiGHS gives up, its empty answer is not taken for a refutation."""
    import highspy

    monkeypatch.setattr(highspy.Highs, "run", lambda self: highspy.HighsStatus.kError)
    solution = solve(CLOUD, name)
    assert solution.status is Status.ERROR
    assert solution.message.startswith("HiGHS ended with")
    assert solution.bound > solution.objective


def test_an_invalid_cp_sat_model_is_an_engine_error():
    """It is no refutation either."""
    model, x = feasibility_model(np.array(CLOUD.ranks), 7, 50, np.arange(7))
    model.proto.constraints[0].linear.vars.append(10**6)
    with pytest.raises(EngineError, match="MODEL_INVALID"):
        _decide(model, x, Run(CLOUD, Limits(), "max-min"), 1.0)


def test_cp_sat_survives_two_threads():
    """Its interleaved search aborts the process on a problem without objective; it is not used."""
    instance = generate("gkd-b", 100, 30, seed=0)
    solution = solve(instance, "cp-sat-bisection", time_limit=1.0, threads=2)
    assert solution.bound >= solution.objective
