"""Tests of the branch and bound on a concave reformulation."""

from __future__ import annotations

import numpy as np
import pytest

from dispersion import Instance, Status
from solvers import solve
from solvers.maxsum import qcr as module
from solvers.run import Limits, Run, TimeUp
from solvers.sums import concave_bounds


@pytest.fixture
def no_luck(monkeypatch):
    """Take the start away: a random selection, so that bounds must close the bracket."""

    def report_start(run: Run) -> bool:
        run.report_incumbent(run.rng.choice(run.instance.n, size=run.instance.p, replace=False))
        return True

    monkeypatch.setattr(module, "report_start", report_start)


def test_it_finds_the_optimum_by_itself(no_luck, brute_force, random_instance):
    """From a bad start, fixing and branching lead to the optimum."""
    for seed in range(300):
        instance = random_instance(seed)
        solution = solve(instance, "qcr", objective="max-sum", seed=seed)
        assert solution.status is Status.OPTIMAL, (seed, solution)
        assert solution.objective == pytest.approx(brute_force(instance, "max-sum"), rel=1e-12), seed


def test_the_uniform_diagonal_does_as_well(no_luck, monkeypatch, brute_force, random_instance):
    """What large instances use, on small ones."""
    monkeypatch.setattr(concave_bounds, "_LARGEST", 0)
    for seed in range(150):
        instance = random_instance(seed)
        solution = solve(instance, "qcr", objective="max-sum", seed=seed)
        assert solution.status is Status.OPTIMAL, (seed, solution)
        assert solution.objective == pytest.approx(brute_force(instance, "max-sum"), rel=1e-12), seed


@pytest.mark.parametrize("d", [2, 20])
def test_published_families_are_closed(d):
    """n = 100, p = 10 in 20 coordinates stood at 3.1 % after an hour in the paper of `tangent`."""
    instance = Instance.from_points(np.random.default_rng(0).random((100, d)), 10)
    solution = solve(instance, "qcr", objective="max-sum")
    assert solution.status is Status.OPTIMAL
    assert solution.bound == solution.objective
    assert "points undecided" in solution.message or "root" in solution.message


def test_bounds_only_fall_and_incumbents_only_rise(uniform):
    """The trace is anytime; stopped early, the bracket is open and says where it stands."""
    instance = uniform(0, n=100, p=20)
    solution = solve(instance, "qcr", objective="max-sum", time_limit=1.5)
    assert solution.status is Status.TIME_LIMIT
    bounds = [point.bound for point in solution.trace if point.bound is not None]
    values = [point.objective for point in solution.trace if point.objective is not None]
    assert bounds == sorted(bounds, reverse=True)
    assert values == sorted(values)
    assert 0.0 < solution.gap < 0.5


def test_memory_is_bounded(monkeypatch, uniform):
    """With too many open nodes it stops, with a valid bracket, and says so."""
    monkeypatch.setattr(module, "_MEMORY", 5 * 500)
    solution = solve(uniform(0, n=60, p=12), "qcr", objective="max-sum")
    assert solution.status is Status.FEASIBLE
    assert solution.bound > solution.objective
    assert "open nodes, the most that fit into the memory allowed" in solution.message


def test_no_time_is_no_trouble(cloud):
    """It stops where it stands, with the selection it started from."""
    run = Run(cloud(0, n=40, p=10), Limits(seconds=1e-6), "max-sum")
    with pytest.raises(TimeUp):
        module.qcr(run)
    assert run.selected is not None
