"""Tests of `solvers.maxmin.tabu`."""

from __future__ import annotations

import numpy as np
import pytest

from dispersion import Instance
from solvers import solve


def test_it_finds_the_optimum_where_greedy_does_not():
    """On real-looking layers tabu search closes what greedy leaves."""
    better = 0
    for seed in range(10):
        X = np.random.default_rng(seed).normal(size=(60, 8))
        instance = Instance.from_points(X, 15)
        tabu, greedy, optimum = (solve(instance, s).objective for s in ("tabu", "greedy", "clique"))
        better += tabu > greedy
        assert greedy <= tabu == optimum
    assert better >= 8


@pytest.mark.parametrize(("n", "p", "d"), [(300, 8, 2), (120, 12, 2), (100, 30, 5), (90, 60, 10)])
def test_it_finds_the_proven_optimum(n, p, d):
    """Few points in the plane need the depth of conflicts, many in space their count."""
    instance = Instance.from_points(np.random.default_rng(n).random((n, d)), p)
    assert solve(instance, "tabu").objective == solve(instance, "clique").objective


def test_it_is_not_talked_out_of_a_better_selection():
    """The search for a reason to stop must not refute what exists: few points of many."""
    for seed in range(5):
        instance = Instance.from_points(np.random.default_rng(seed).random((400, 2)), 9)
        assert solve(instance, "tabu").objective == solve(instance, "clique").objective


def test_restarts_go_on_where_a_search_ends(monkeypatch):
    """As often as is asked, each from another first point; none makes the answer worse."""
    from solvers.maxmin import tabu as module

    points = np.random.default_rng(2).normal(size=(120, 16))
    instance = Instance.from_points(points, 30, "normalized")
    starts = []
    search = module._search

    def noted(run, ranks, start, seed, patience):
        starts.append((tuple(start), seed))
        assert run.objective >= instance.distances[np.ix_(start, start)][np.triu_indices(30, 1)].min()
        return search(run, ranks, start, seed, patience)

    monkeypatch.setattr(module, "_search", noted)
    once = solve(instance, "tabu:patience=1", seed=3)
    assert len(starts) == 1
    starts.clear()
    again = solve(instance, "tabu:patience=1,restarts=4", seed=3)
    assert len(starts) == len({seed for _, seed in starts}) == 5
    assert again.objective >= once.objective
    assert (
        solve(instance, "tabu:patience=1,restarts=4", seed=3).selected.tolist()
        == again.selected.tolist()
    )


def test_nothing_begins_again_once_nothing_better_exists():
    """A search that shows so, or meets the bound by degrees, is the last one."""
    from solvers.maxmin import tabu as module
    from solvers.run import Limits, Run

    instance = Instance.from_points(np.random.default_rng(1).random((30, 2)), 3)
    run = Run(instance, Limits(), "max-min")
    module.tabu(run, restarts=2**31)  # would take for ever
    assert run.objective == solve(instance, "clique").objective
