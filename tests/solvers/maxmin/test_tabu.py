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
