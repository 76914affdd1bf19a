"""Tests of the max-sum solvers."""

from __future__ import annotations

import numpy as np

from dispersion import Instance, contradictions
from solvers import Guarantee, list_solvers, solve


def test_values_are_valid_and_never_above_brute_force(brute_force, random_instance):
    """All that prove nothing or a factor, on small instances of every kind."""
    for seed in range(150):
        instance = random_instance(seed)
        best = brute_force(instance, "max-sum")
        for info in list_solvers("max-sum"):
            if info.guarantee is Guarantee.EXACT:
                continue
            solution = solve(instance, info.name, objective="max-sum", seed=seed)
            assert solution.objective <= best * (1 + 1e-12)
            assert contradictions(instance, [solution]) == []


def test_greedy_is_at_least_a_quarter_under_a_metric(brute_force):
    """The theorem of Ravi, Rosenkrantz and Tayi."""
    for seed in range(60):
        X = np.random.default_rng(seed).normal(size=(9, 2))
        instance = Instance.from_points(X, 4)
        value = solve(instance, "greedy", objective="max-sum").objective
        assert value >= brute_force(instance, "max-sum") / 4


def test_exchange_ends_in_a_local_optimum_no_worse_than_greedy():
    """No single swap improves its answer."""
    X = np.random.default_rng(0).normal(size=(40, 5))
    instance = Instance.from_points(X, 10)
    solution = solve(instance, "exchange", objective="max-sum")
    assert solution.objective >= solve(instance, "greedy", objective="max-sum").objective
    chosen = set(solution.selected.tolist())
    for leaver in chosen:
        for enterer in set(range(40)) - chosen:
            swapped = np.array(sorted(chosen - {leaver} | {enterer}))
            value = instance.distances[np.ix_(swapped, swapped)].sum() / 2
            assert value <= solution.objective * (1 + 1e-9)
