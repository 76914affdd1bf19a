"""Tests of distances as whole numbers, and of the solver that counts them."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dispersion import Instance
from solvers import solve
from solvers.sums.scaling import scaled, scaling_error


@given(
    seed=st.integers(0, 2**31 - 1), n=st.integers(2, 9), power=st.integers(-60, 60), whole=st.booleans()
)
@settings(deadline=None, max_examples=60)
def test_the_error_is_proven(seed, n, power, whole):
    """No selection is worth less in steps, and none more by as much as the error."""
    rng = np.random.default_rng(seed)
    upper = np.triu(rng.integers(0, 50, (n, n)) if whole else rng.random((n, n)) * 10.0**power, k=1)
    instance = Instance(upper + upper.T, int(rng.integers(2, n + 1)))
    steps, step = scaled(instance)
    error = scaling_error(instance, steps, step)
    assert steps.sum() < 2**53
    assert (error == 0.0) or not whole
    for chosen in itertools.combinations(range(n), instance.p):
        some = np.ix_(chosen, chosen)
        true, counted = instance.distances[some].sum() / 2, steps[some].sum() / 2 * step
        assert true * (1 - 1e-12) <= counted <= (true + error) * (1 + 1e-12)
    assert error <= 1e-9 * float(instance.distances.max())


def test_whole_numbers_are_left_alone():
    """And so are zeros."""
    D = np.rint(10 * Instance.from_points(np.arange(5.0), 2).distances)
    steps, step = scaled(Instance(D, 3))
    assert (step, steps.tolist()) == (1.0, D.tolist())
    assert scaled(Instance(np.zeros((3, 3)), 2))[1] == 1.0


@pytest.mark.parametrize("seed", range(3))
def test_bounds_are_exact_for_whole_numbers(seed, brute_force):
    """To the last bit."""
    rng = np.random.default_rng(seed)
    upper = np.triu(rng.integers(0, 1000, (9, 9)).astype(float), k=1)
    instance = Instance(upper + upper.T, 4)
    solution = solve(instance, "cp-sat", objective="max-sum")
    assert solution.objective == solution.bound == brute_force(instance, "max-sum")
    assert "rounded by less than 0" in solution.message
