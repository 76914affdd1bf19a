"""Tests of `solvers.prover.spectrum`: what it refutes is not there, and it refutes what it should."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dispersion import Instance
from solvers.prover import spectrum as module
from solvers.prover.reduction import cheap_answer
from solvers.prover.spectrum import Conflicts, refuted_by_spectrum

GRAPHS = list(itertools.product(range(3), (2, 7, 20, 40), (0.1, 0.4, 0.7, 0.9)))


def ranks_of(edges: np.ndarray) -> np.ndarray:
    """Rank 1 for edges, 0 for the other pairs, -1 on the diagonal."""
    ranks = np.ascontiguousarray(edges, dtype=np.int32)
    np.fill_diagonal(ranks, -1)
    return ranks


def cycle(n: int) -> np.ndarray:
    """A cycle of edges."""
    return ranks_of(np.roll(np.eye(n), 1, axis=0) + np.roll(np.eye(n), -1, axis=0))


def multipartite(parts: int, size: int) -> np.ndarray:
    """All pairs but those within a part."""
    return ranks_of(1 - np.kron(np.eye(parts), np.ones((size, size))))


def lowest_refuted(refuted, highest: int) -> int:
    """By bisection."""
    low, high = -1, highest + 1
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (low, middle) if refuted(middle) else (middle, high)
    return high


@pytest.mark.parametrize(("seed", "n", "density"), GRAPHS)
def test_what_exists_is_never_refuted(seed, n, density, random_ranks, clique_number):
    """Up to the clique number, which networkx knows."""
    ranks = random_ranks(seed, n, density)
    omega = clique_number(ranks)
    assert not any(refuted_by_spectrum(ranks, 1, p) for p in range(1, omega + 1))


@given(st.integers(1, 9), st.data())
@settings(max_examples=60, deadline=None)
def test_no_graph_is_too_odd(clique_number, n, data):
    """Any graph, at any rank."""
    upper = np.zeros((n, n), dtype=np.int32)
    pairs = n * (n - 1) // 2
    values = data.draw(st.lists(st.integers(0, 3), min_size=pairs, max_size=pairs))
    upper[np.triu_indices(n, k=1)] = values
    ranks = ranks_of(upper + upper.T)
    for t in range(5):
        assert not refuted_by_spectrum(ranks, t, clique_number(ranks, t))


@pytest.mark.parametrize(("seed", "grid"), [(0, None), (1, None), (2, 5), (3, 3)])
def test_nothing_is_refuted_below_the_optimum_in_the_plane(seed, grid, plane_ranks, packing_number):
    """Points, some of them at one place: as many as fit at several distances."""
    ranks = plane_ranks(seed, 40, grid)
    for t in np.unique((ranks.max() * np.array([0.1, 0.3, 0.5, 0.8])).astype(int)):
        assert not refuted_by_spectrum(ranks, int(t), packing_number(ranks, int(t)))


@pytest.mark.parametrize(("parts", "size"), list(itertools.product((2, 3, 5, 7), (2, 3, 7))))
def test_the_bound_of_a_complete_multipartite_graph_is_exact(parts, size):
    """One point of every part, and no more."""
    ranks = multipartite(parts, size)
    assert not refuted_by_spectrum(ranks, 1, parts)
    assert refuted_by_spectrum(ranks, 1, parts + 1)


@pytest.mark.parametrize(("n", "p"), [(5, 3), (7, 4), (9, 5)])
def test_an_odd_cycle_of_conflicts_is_refuted(n, p):
    """Theta of the conflicts is below p: sqrt(5) = 2.24, 3.32 and 4.36."""
    conflicts = ranks_of(1 - np.maximum(cycle(n), 0))
    assert not refuted_by_spectrum(conflicts, 1, p - 1)
    assert refuted_by_spectrum(conflicts, 1, p)


def test_the_factor_of_the_five_cycle_is_the_best():
    """The bound is sqrt(5), to what ten steps of golden section find."""
    conflicts = Conflicts(cycle(5), 1)
    bound = conflicts.largest_eigenvalue(module._best_factor(conflicts))
    assert np.sqrt(5.0) - 1e-9 <= bound <= np.sqrt(5.0) * 1.03


@pytest.mark.parametrize("n", [1, 2, 3, 20, 60])
def test_without_conflicts_all_points_fit(n):
    """And one more does not; where all exclude each other, one point fits and two do not."""
    free, full = ranks_of(np.ones((n, n))), ranks_of(np.zeros((n, n)))
    assert [refuted_by_spectrum(free, 1, p) for p in (1, n, n + 1)] == [False, False, True]
    assert [refuted_by_spectrum(full, 1, p) for p in (1, 2)] == [False, True]


@pytest.mark.parametrize("p", [20, 40])
def test_it_is_stronger_than_colours_in_many_dimensions(p):
    """Random directions: it refutes ranks that core and colouring leave open."""
    points = np.random.default_rng(0).normal(size=(200, 16))
    instance = Instance.from_points(points, p, "normalized")
    ranks = np.array(instance.ranks)
    highest = len(instance.levels) - 1
    cheap = lowest_refuted(lambda t: cheap_answer(ranks, t, p).refuted, highest)
    strong = lowest_refuted(lambda t: refuted_by_spectrum(ranks, t, p), highest)
    assert 0 < strong < 0.9 * cheap


def test_a_cholesky_factorisation_has_the_last_word(monkeypatch):
    """Lanczos bounds from below: where it is far too low, nothing false follows."""
    monkeypatch.setattr(Conflicts, "largest_eigenvalue", lambda self, factor: 0.0)
    for factor in (0.5, 3.0, 80.0):
        monkeypatch.setattr(module, "_best_factor", lambda _, factor=factor: factor)
        assert not refuted_by_spectrum(multipartite(4, 3), 1, 4)
        assert not refuted_by_spectrum(cycle(5), 1, 2)


@pytest.mark.parametrize(("seed", "n", "density"), GRAPHS)
def test_the_conflicts_are_weighted_by_their_degrees(seed, n, density, random_ranks):
    """w_i w_j for conflicts and 0 elsewhere; the mean of the squares of w is 1."""
    ranks = random_ranks(seed, n, density)
    apart = (ranks < 1) & ~np.eye(n, dtype=bool)
    weights = (apart.sum(axis=1) + 1.0) ** -0.35
    weights *= np.sqrt(n / (weights @ weights))
    matrix = Conflicts(ranks, 1).matrix()
    np.testing.assert_allclose(matrix, np.outer(weights, weights) * apart, rtol=1e-12)


@pytest.mark.parametrize("factor", [0.5, 2.0, 10.0, 80.0])
@pytest.mark.parametrize(("seed", "n", "density"), GRAPHS)
def test_the_largest_eigenvalue_is_reached_from_below(seed, n, density, factor, random_ranks):
    """With as many steps as points it is reached, but for small graphs of much symmetry."""
    conflicts = Conflicts(random_ranks(seed, n, density), 1)
    exact = np.linalg.eigvalsh(1.0 - factor * conflicts.matrix())[-1]
    found = conflicts.largest_eigenvalue(factor)
    assert found <= exact + 1e-9 * abs(exact)
    if n >= 20:
        assert found >= exact - 1e-6 * abs(exact)


def test_few_steps_stay_below_on_many_points(random_ranks):
    """More points than steps."""
    conflicts = Conflicts(random_ranks(0, 120, 0.6), 1)
    exact = np.linalg.eigvalsh(1.0 - 3.0 * conflicts.matrix())[-1]
    assert 0.999 * exact <= conflicts.largest_eigenvalue(3.0) <= exact + 1e-9
