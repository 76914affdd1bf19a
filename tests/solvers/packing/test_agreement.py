"""Packing solvers against brute force, each other, and the optimum of max-min."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dispersion import Instance, Status, contradictions
from solvers import Guarantee, list_solvers, pack, solve

NAMES = [info.name for info in list_solvers("packing")]
EXACT = [info.name for info in list_solvers("packing") if info.guarantee is Guarantee.EXACT]


def largest(distances: np.ndarray, at_least: float) -> int:
    """The packing number, by trying every set of points."""
    n = len(distances)
    apart = [
        sum(1 << j for j in range(n) if j != i and row[j] >= at_least)
        for i, row in enumerate(distances)
    ]

    def most(candidates: int) -> int:
        if not candidates:
            return 0
        v = candidates.bit_length() - 1
        rest = candidates ^ (1 << v)
        return max(1 + most(rest & apart[v]), most(rest))

    return most((1 << n) - 1)


def thresholds(distances: np.ndarray) -> list[float]:
    """0, a distance with its neighbours among the floats, the longest, and one beyond it."""
    middle = float(np.median(distances))
    longest = float(distances.max())
    near = [float(np.nextafter(middle, end)) for end in (-math.inf, math.inf)]
    return [least for least in [0.0, middle, *near, longest, 2 * longest + 1.0] if least >= 0.0]


def matrices(seed: int) -> np.ndarray:
    """Distances of 1 to 11 points: clouds, grids with copies, no metric, few values."""
    rng = np.random.default_rng(seed)
    n = int(rng.integers(1, 12))
    kind = seed % 4
    if kind < 2:
        points = rng.normal(size=(n, 3)) if kind else rng.integers(0, 3, (n, 2)).astype(float)
        return np.array(Instance.from_points(points, at_least=0).distances)
    upper = np.triu(rng.random((n, n)) if kind == 2 else rng.integers(0, 4, (n, n)), k=1).astype(float)
    return upper + upper.T


@pytest.mark.parametrize("name", NAMES)
def test_solvers_and_brute_force(name):
    """Exact ones prove the number by brute force; of the others answer and bound enclose it."""
    for seed in range(60 if name in ("clique", "greedy", "leader") else 12):
        distances = matrices(seed)
        for least in thresholds(distances):
            instance = Instance(distances, at_least=least)
            solution, most = pack(instance, solver=name, seed=seed), largest(distances, least)
            assert contradictions(instance, [solution]) == []
            if name in EXACT:
                assert solution.status is Status.OPTIMAL, (seed, least, solution)
            assert solution.objective <= most, (seed, least)
            assert solution.bound is None or solution.bound >= most, (seed, least)


@pytest.mark.parametrize("n", [1, 2, 500])
def test_all_points_and_one_point(n):
    """At distance 0 all points fit, copies too; beyond the longest distance one does."""
    points = np.random.default_rng(n).integers(0, 40, (n, 2))
    instance = Instance.from_points(points, at_least=0.0)
    for name in NAMES if n < 500 else ("clique", "greedy", "leader"):
        assert pack(instance, solver=name).selected.tolist() == list(range(n))
        beyond = float(np.nextafter(instance.distances.max(), np.inf))
        assert pack(instance, beyond, name).objective == 1.0


@given(seed=st.integers(0, 2**31 - 1), n=st.integers(2, 30), grid=st.booleans(), pick=st.floats(0, 1))
@settings(deadline=None, max_examples=40)
def test_the_packing_number_is_the_largest_p_whose_optimum_is_so_long(seed, n, grid, pick):
    """Max-min asks the reverse: at the distance itself, and at the floats beside it."""
    rng = np.random.default_rng(seed)
    points = rng.integers(0, 6, (n, 2)) if grid else rng.random((n, 2))
    instance = Instance.from_points(points, 2)
    level = float(instance.levels[int(pick * (len(instance.levels) - 1))])
    for least in (level, float(np.nextafter(level, np.inf)), max(0.0, float(np.nextafter(level, 0.0)))):
        packed = pack(instance, least)
        assert packed.status is Status.OPTIMAL
        most = int(packed.objective)
        if most >= 2:
            assert solve(instance.with_p(most)).objective >= least
        if most < n:
            assert solve(instance.with_p(max(2, most + 1))).bound < least


MEDIUM = {
    "plane": (lambda rng: rng.random((70, 2)), 0.05),
    "grid with ties": (lambda rng: np.argwhere(np.ones((8, 8))), 0.2),
    "filters": (lambda rng: rng.normal(size=(60, 27)) * rng.random((60, 1)), 0.4),
    "half are copies": (lambda rng: np.tile(rng.random((25, 2)), (2, 1)), 0.3),
    "in parts": (lambda rng: rng.random((90, 2)), 0.01),
}


@pytest.mark.parametrize("kind", MEDIUM)
def test_all_exact_solvers_find_the_same_number(kind):
    """Two engines and ours, at a distance of the instance."""
    draw, share = MEDIUM[kind]
    instance = Instance.from_points(draw(np.random.default_rng(7)), 2)
    least = float(np.quantile(instance.levels, share, method="lower"))
    instance = instance.with_at_least(least)
    answers = [pack(instance, solver=name) for name in NAMES]
    assert all(answer.status is Status.OPTIMAL for answer in answers if answer.solver in EXACT)
    assert contradictions(instance, answers) == []
    assert len({answer.objective for answer in answers if answer.solver in EXACT}) == 1
