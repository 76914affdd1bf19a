"""Tests of exchange, tabu and OBMA."""

from __future__ import annotations

import numpy as np
import pytest

from dispersion import Status
from solvers import solve
from solvers.maxsum.obma import _Pool, backbone, opposite
from solvers.sums.swaps import shaken

RNG = np.random.default_rng


@pytest.mark.parametrize("name", ["tabu", "obma"])
def test_small_instances_are_solved(name, brute_force, random_instance):
    """With so few points, a search that misses the optimum is broken."""
    for seed in range(80):
        instance = random_instance(seed)
        solution = solve(instance, name, objective="max-sum", seed=seed)
        assert solution.status is Status.FEASIBLE
        assert solution.objective == pytest.approx(brute_force(instance, "max-sum"), rel=1e-12), seed


@pytest.mark.parametrize("name", ["tabu", "obma"])
def test_they_reach_the_proven_optimum_of_a_cloud(name, cloud):
    """60 points in five dimensions."""
    instance = cloud(4, n=60, p=15, d=5)
    optimum = solve(instance, "qcr", objective="max-sum")
    assert optimum.status is Status.OPTIMAL
    assert solve(instance, name, objective="max-sum").objective == pytest.approx(optimum.objective)


@pytest.mark.parametrize("name", ["exchange", "tabu", "obma"])
def test_they_are_no_worse_than_where_they_start(name, uniform):
    """Greedy, its local optimum, then the rest."""
    instance = uniform(1, n=80, p=20)
    greedy, exchange, solution = (
        solve(instance, each, objective="max-sum") for each in ("greedy", "exchange", name)
    )
    assert solution.objective >= exchange.objective * (1 - 1e-12)
    assert exchange.objective >= greedy.objective
    values = [point.objective for point in solution.trace]
    assert values == sorted(values)


@pytest.mark.parametrize("name", ["exchange", "tabu", "obma"])
def test_they_stop_in_time(name, uniform):
    """Cut short, there is a selection, and no claim."""
    solution = solve(uniform(1, n=300, p=60), name, objective="max-sum", time_limit=0.05)
    assert solution.status in (Status.TIME_LIMIT, Status.FEASIBLE)
    assert solution.selected is not None
    assert solution.bound is None


@pytest.mark.parametrize(("n", "p"), [(10, 3), (10, 5), (10, 9), (3, 2)])
def test_shaken_and_opposite_selections_are_selections(n, p):
    """p distinct points; one at least is new, and opposites share as few as they can."""
    for seed in range(20):
        rng = RNG(seed)
        selected = rng.choice(n, size=p, replace=False)
        other = shaken(selected, n, float(rng.uniform(0.1, 0.5)), rng)
        assert len(set(other.tolist())) == p
        assert 1 <= len(set(other.tolist()) - set(selected.tolist())) <= n - p
        far = opposite(selected, n, rng)
        assert len(set(far.tolist())) == p
        assert len(set(far.tolist()) & set(selected.tolist())) == max(0, 2 * p - n)


def test_a_child_keeps_what_its_parents_share(uniform):
    """And takes the rest from them alone."""
    instance = uniform(0, n=20, p=8)
    for seed in range(20):
        one, other = (RNG(seed + k).choice(20, size=8, replace=False) for k in (0, 100))
        child = set(backbone(instance.distances, one, other).tolist())
        assert len(child) == 8
        assert set(one) & set(other) <= child <= set(one) | set(other)


def test_the_pool_drops_the_worst_rank():
    """Ten at most, all different; the best value stays."""
    pool = _Pool(30)
    for k in range(40):
        pool.offer(np.sort(RNG(k).choice(30, size=5, replace=False)), float(k % 17))
        pool.offer(pool.members[0], 99.0)
    assert len(pool.members) == len(pool.values) == 10
    assert max(pool.values) == 16.0
    assert len({tuple(member) for member in pool.members}) == 10
