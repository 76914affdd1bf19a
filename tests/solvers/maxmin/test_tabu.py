"""Tests of `solvers.maxmin.tabu` and its kernel."""

from __future__ import annotations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from dispersion import Instance
from solvers import solve
from solvers.kernels.tabu_search import Tabu


@given(seed=st.integers(0, 2**31 - 1), n=st.integers(3, 40))
@settings(deadline=None, max_examples=60)
def test_the_selection_never_loses_a_member_and_never_gets_worse(seed, n):
    """The defect of the first prototype: p distinct members after every call, value rising."""
    rng = np.random.default_rng(seed)
    p = int(rng.integers(2, n + 1))
    instance = Instance.from_points(rng.integers(0, 6, size=(n, 2)), p)
    ranks = np.array(instance.ranks)
    search = Tabu(ranks, rng.choice(n, size=p, replace=False), seed)
    value = -1
    for _ in range(4):
        selected = search.improve(len(instance.levels) - 1, 50)
        assert len(set(selected.tolist())) == p
        now = ranks[np.ix_(selected, selected)][np.triu_indices(p, k=1)].min()
        assert now >= value
        value = now


def test_it_finds_the_optimum_where_greedy_does_not():
    """On real-looking layers tabu search closes what greedy leaves."""
    better = 0
    for seed in range(10):
        X = np.random.default_rng(seed).normal(size=(60, 8))
        instance = Instance.from_points(X, 15)
        tabu, greedy, optimum = (solve(instance, s).objective for s in ("tabu", "greedy", "clique"))
        better += tabu > greedy
        assert greedy <= tabu <= optimum
    assert better >= 8


def test_it_stops_at_the_ceiling():
    """A selection that reaches the ceiling is returned as it is."""
    instance = Instance(1.0 - np.eye(6), 3)
    selected = Tabu(np.array(instance.ranks), np.array([1, 3, 5]), 0).improve(0, 1000)
    assert selected.tolist() == [1, 3, 5]
