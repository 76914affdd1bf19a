"""Tests of the concave reformulation: every diagonal's bound holds, and the best one is better."""

from __future__ import annotations

import itertools

import numpy as np
import pytest

from dispersion import Instance
from solvers.sums.linear_algebra import on_plane
from solvers.sums.reformulation import (
    Quadratic,
    best_shift,
    excess_of,
    rounding_of,
    tangent_bound,
    uniform_shift,
)
from solvers.sums.start import row_bound


def never() -> bool:
    """Do not stop."""
    return False


def relaxed(problem: Quadratic, shift: np.ndarray, steps: int = 20_000) -> float:
    """The bound of a diagonal, by the method of Frank and Wolfe with exact steps."""
    n, p = len(problem.linear), problem.p
    x, best = np.full(n, p / n), np.inf
    for _ in range(steps // 100):
        best = min(best, tangent_bound(problem, shift, x))
        for _ in range(100):
            g = problem.linear + problem.matrix @ x + shift * (x - 0.5)
            y = np.zeros(n)
            y[np.argsort(-g)[:p]] = 1.0
            d = y - x
            curve = d @ problem.matrix @ d + shift @ (d * d)
            x = x + d * (min(1.0, -(g @ d) / curve) if curve < 0 else 1.0)
    return best


@pytest.mark.parametrize("seed", range(12))
def test_the_bound_holds_for_any_matrix(seed, uniform, cloud, brute_force):
    """Of negative type or not; and the diagonal that comes with it is concave."""
    instance = uniform(seed) if seed % 2 else cloud(seed, n=12, p=2 + seed % 9)
    optimum = brute_force(instance, "max-sum")
    problem = Quadratic.of(np.array(instance.distances), instance.p)
    shift, bound, x = best_shift(problem, 0.99 * optimum, never)
    assert bound >= optimum * (1 - 1e-12)
    assert bound >= tangent_bound(problem, shift, x)
    assert np.linalg.eigvalsh(on_plane(problem.matrix + np.diag(shift)))[-1] <= 1e-9
    uniform_ = np.full(12, uniform_shift(problem.matrix) - 1e-12)
    assert excess_of(problem.matrix, uniform_) is not None
    assert bound <= relaxed(problem, uniform_) * (1 + 1e-4)  # it is no worse than a multiple of I


def test_it_is_the_bound_of_the_semidefinite_program():
    """For equal distances, any selection is optimal, and the diagonal proves it."""
    problem = Quadratic.of(1.0 - np.eye(12), 5)
    shift, bound, _ = best_shift(problem, 10.0, never)
    assert bound == pytest.approx(10.0, rel=1e-4)
    assert shift == pytest.approx(np.ones(12), abs=1e-3)


def test_it_stops_when_told(cloud):
    """At once, or as soon as the bound will do; what it has is valid."""
    instance = cloud(0, n=30, p=9)
    problem = Quadratic.of(np.array(instance.distances), instance.p)
    _, first, _ = best_shift(problem, 0.0, lambda: True)
    _, last, _ = best_shift(problem, 0.0, never)
    assert np.isfinite(first)
    assert last < first
    _, enough, _ = best_shift(problem, (first + last) / 2, never)
    assert last - 1e-9 <= enough <= (first + last) / 2


@pytest.mark.parametrize("seed", range(8))
def test_a_reduced_problem_has_the_same_values(seed, uniform):
    """What is in counts in full, what is out is gone, and the points keep their names."""
    instance = uniform(seed, n=9, p=4)
    rng = np.random.default_rng(seed)
    whole = Quadratic.of(np.array(instance.distances), 4)
    fixed = np.zeros(9, dtype=np.int8)
    fixed[rng.choice(9, size=3, replace=False)] = (1, -1, 1)
    for problem in (whole.reduced(fixed), whole.reduced(fixed).reduced(np.zeros(6, dtype=np.int8))):
        assert (len(problem.linear), problem.p) == (6, 2)
        for chosen in itertools.combinations(range(6), 2):
            some = list(chosen)
            points = np.concatenate([problem.taken, problem.points[some]])
            among = problem.matrix[np.ix_(some, some)].sum() / 2
            value = problem.constant + problem.linear[some].sum() + among
            assert value == pytest.approx(instance.distances[np.ix_(points, points)].sum() / 2)


def test_all_at_one_place_is_no_trouble():
    """A matrix of zeros, with and without a linear part."""
    problem = Quadratic.of(np.zeros((6, 6)), 3)
    _, bound, _ = best_shift(problem, -1.0, never)
    assert bound == pytest.approx(0.0, abs=1e-2)
    problem.linear = np.arange(6.0)
    _, bound, _ = best_shift(problem, 11.0, never)
    assert bound == pytest.approx(12.0, rel=1e-2)
    assert bound >= 12.0


def test_what_rounding_may_take_is_far_below_what_counts_as_equal(uniform):
    """And far above one operation's, at any scale."""
    for scale in (1e-12, 1.0, 1e12):
        for n, p in ((12, 3), (400, 40)):
            D = scale * np.array(uniform(0, n=n, p=p).distances)
            problem = Quadratic.of(D, p)
            allowed = rounding_of(problem, np.full(n, uniform_shift(D)))
            best = row_bound(D, p)
            assert 1e-14 * best < allowed < 1e-10 * best


def test_the_instance_is_left_alone(cloud):
    """Nothing writes into the matrix."""
    instance: Instance = cloud(2)
    before = instance.distances.copy()
    best_shift(Quadratic.of(np.array(instance.distances), instance.p), 0.0, never)
    assert (instance.distances == before).all()
