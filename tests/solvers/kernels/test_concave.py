"""Tests of the concave maximiser: its bound, its point, and what it fixes."""

from __future__ import annotations

import itertools

import numpy as np
import pytest

from dispersion import Instance
from solvers.kernels.concave import ascend, fix
from solvers.sums.reformulation import uniform_shift


def problem(seed: int, n: int = 9) -> tuple[np.ndarray, np.ndarray, np.ndarray, int]:
    """A matrix of negative type, a diagonal that leaves it concave, a linear part, and p."""
    rng = np.random.default_rng(seed)
    matrix = np.array(Instance.from_points(rng.random((n, 3)), 2).distances)
    shift = np.full(n, 0.9 * uniform_shift(matrix) * (seed % 2))
    return matrix, shift, rng.normal(size=n), int(rng.integers(1, n))


def selections(fixed: np.ndarray, p: int):
    """All selections of p points that respect what is fixed, as 0/1 vectors."""
    for chosen in itertools.combinations(range(len(fixed)), p):
        x = np.zeros(len(fixed))
        x[list(chosen)] = 1.0
        if (x[fixed == 1] == 1).all() and (x[fixed == -1] == 0).all():
            yield x


def value(matrix, shift, linear, x) -> float:
    """The function, from its definition."""
    return float(linear @ x + x @ matrix @ x / 2 + shift @ (x * x - x) / 2)


@pytest.mark.parametrize("seed", range(40))
def test_the_bound_holds_however_early_it_stops(seed):
    """For no, few and many steps, free and fixed points: no selection is above it."""
    matrix, shift, linear, p = problem(seed)
    rng = np.random.default_rng(seed)
    fixed = rng.choice(np.array([0, 0, 0, 1, -1], dtype=np.int8), size=9)
    best = max((value(matrix, shift, linear, x) for x in selections(fixed, p)), default=-np.inf)
    for steps in (0, 5, 100_000):
        x, g = rng.random(9), np.empty(9)
        reached, bound, _ = ascend(matrix, shift, linear, fixed, x, g, p, -np.inf, steps)
        assert bound >= best - 1e-9
        if np.isfinite(reached):
            assert x.sum() == pytest.approx(p)
            assert ((x >= 0) & (x <= 1)).all()
            assert reached == pytest.approx(value(matrix, shift, linear, x))
            np.testing.assert_allclose(g, linear + matrix @ x + shift * (x - 0.5), atol=1e-9)
        else:
            assert best == -np.inf


@pytest.mark.parametrize("seed", range(20))
def test_value_and_bound_are_those_of_the_point(seed):
    """However many steps lie behind, also between copies, where there is no curvature at all."""
    rng = np.random.default_rng(seed)
    points = rng.random((6, 2))[rng.integers(0, 6, 30)]
    matrix = np.array(Instance.from_points(points, 2).distances)
    shift, linear, p = np.zeros(30), rng.normal(size=30) * (seed % 3), 11
    fixed, x, g = np.zeros(30, dtype=np.int8), rng.random(30), np.empty(30)
    for steps in (3, 29, 30, 31, 1000, 100_000):
        reached, bound, _ = ascend(matrix, shift, linear, fixed, x, g, p, -np.inf, steps)
        slope = linear + matrix @ x
        assert x.sum() == pytest.approx(p, rel=1e-14)
        np.testing.assert_allclose(g, slope, rtol=1e-13, atol=1e-13)
        assert reached == pytest.approx(value(matrix, shift, linear, x), rel=1e-13, abs=1e-13)
        assert bound == pytest.approx(reached + np.sort(slope)[-p:].sum() - slope @ x, rel=1e-12)


@pytest.mark.parametrize("seed", range(10))
def test_it_reaches_the_maximum(seed):
    """With a floor just below it, value and bound meet."""
    matrix, shift, linear, p = problem(seed)
    fixed, x, g = np.zeros(9, dtype=np.int8), np.full(9, p / 9), np.empty(9)
    floor = np.inf
    reached, bound = -np.inf, np.inf
    for _ in range(200):
        floor = reached if np.isfinite(reached) else -1e9
        reached, bound, _ = ascend(matrix, shift, linear, fixed, x, g, p, floor, 100)
    assert bound == pytest.approx(reached, abs=1e-6)


@pytest.mark.parametrize("seed", range(30))
def test_what_is_fixed_could_not_be_better(seed):
    """Every selection above the floor respects what was fixed."""
    matrix, shift, linear, p = problem(seed)
    every = list(selections(np.zeros(9, dtype=np.int8), p))
    values = sorted(value(matrix, shift, linear, x) for x in every)
    floor = values[-3] if len(values) > 2 else values[0]
    fixed, x, g = np.zeros(9, dtype=np.int8), np.full(9, p / 9), np.empty(9)
    _, bound, _ = ascend(matrix, shift, linear, fixed, x, g, p, floor, 10_000)
    count = fix(fixed, g, p, bound, floor)
    assert count == (fixed != 0).sum()
    kept = [value(matrix, shift, linear, x) for x in selections(fixed, p)]
    for one in values:
        if one > floor + 1e-9:
            assert any(abs(one - other) < 1e-9 for other in kept)
