"""Tests of `solvers.maxmin.greedy`."""

from __future__ import annotations

import re
import sys

import numpy as np
import pytest

from dispersion import Instance
from solvers import prepare, solve
from solvers.ranks.start import longest_end


def test_a_bound_is_claimed_under_a_metric_only():
    """Twice the value for euclidean, or if it is declared; nothing for 1 - cos or a raw matrix."""
    X = np.random.default_rng(1).normal(size=(30, 5))
    euclidean = solve(Instance.from_points(X, 10), "greedy")
    assert euclidean.bound == pytest.approx(2 * euclidean.objective)
    declared = Instance(Instance.from_points(X, 10).distances, 10, is_metric=True)
    assert solve(declared, "greedy").bound == euclidean.bound
    cosine = Instance.from_points(X, 10, "cosine")
    assert solve(cosine, "greedy").bound is None
    assert solve(Instance(cosine.distances, 10), "greedy").bound is None


def test_the_factor_two_is_attained():
    """0, 1, 2 on a line with p = 3 is exact; 0, 1 -, 1 +, 2 with p = 3 loses almost half."""
    x = np.array([0.0, 0.999, 2.0, 1.001, 4.0])
    instance = Instance(np.abs(x[:, None] - x), 3, metric="euclidean")
    assert solve(instance, "greedy").objective == solve(instance, "clique").objective == 2.0
    bad = np.array([[0, 1, 1, 2], [1, 0, 2, 1], [1, 2, 0, 1], [2, 1, 1, 0]]) * 1.0
    tight = Instance(bad, 2, metric="euclidean")
    assert solve(tight, "greedy").objective == 2.0


def test_it_starts_at_the_lowest_end_of_the_longest_distance():
    """As argmax would say, for distances and for ranks; 0 if all points coincide."""
    instance = Instance.from_points(np.random.default_rng(3).integers(0, 9, size=(50, 2)), 5)
    for matrix in (instance.distances, instance.ranks):
        assert longest_end(matrix) == int(matrix.argmax()) // 50
    assert longest_end(np.zeros((4, 4))) == 0


@pytest.mark.parametrize("name", ["clique", "cp-sat", "greedy", "kuby", "tabu"])
def test_its_kernel_is_loaded_before_any_clock_starts(monkeypatch, name):
    """Every solver that starts from greedy prepares it."""
    monkeypatch.delitem(sys.modules, "solvers.kernels.farthest", raising=False)
    prepare(name)
    assert "solvers.kernels.farthest" in sys.modules


def _declared(matrix, p):
    """An instance whose triangles nobody has looked at, as if the sample had missed the broken ones."""
    instance = Instance(matrix, p)
    object.__setattr__(instance, "is_metric", True)
    return instance


@pytest.mark.parametrize("seed", range(60))
def test_a_metric_that_is_none_does_not_make_the_bound_wrong(seed, brute_force):
    """Of random numbers declared Euclidean the bound holds, and a broken triangle is named."""
    rng = np.random.default_rng(seed)
    n = int(rng.integers(4, 9))
    upper = np.triu(rng.random((n, n)) ** rng.integers(1, 4), k=1)
    instance = _declared(upper + upper.T, int(rng.integers(2, n)))
    solution = solve(instance, "greedy")
    assert solution.bound >= brute_force(instance)
    named = re.search(r"\[(\d), (\d)\] = .* is more than \[\d, (\d)\] \+ \[", solution.message)
    if solution.bound > 2.0 * solution.objective * (1.0 + 1e-9):
        i, k, j = map(int, named.groups())
        assert instance.distances[i, k] > instance.distances[i, j] + instance.distances[j, k]
    else:
        assert named is None


def test_copies_of_a_centre_do_not_disturb_the_look_at_triangles():
    """More copies than distinct points, so that some centres are nearest to nobody."""
    solution = solve(Instance.from_points(np.repeat([[0.0], [1.0]], 4, axis=0), 5), "greedy")
    assert (solution.objective, solution.bound) == (0.0, 0.0)
