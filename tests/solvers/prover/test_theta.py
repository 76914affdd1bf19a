"""Tests of `solvers.prover.theta`: what it refutes is not there, and it refutes what it should."""

from __future__ import annotations

import itertools

import numpy as np
import pytest

from solvers.prover.reduction import Answer
from solvers.prover.spectrum import refuted_by_spectrum
from solvers.prover.theta import Theta, ThetaBound

GRAPHS = list(itertools.product(range(3), (7, 20, 40), (0.1, 0.4, 0.7, 0.9)))


def never() -> bool:
    """Time is not up."""
    return False


def bound_of(conflicts: np.ndarray, steps: int = 400) -> ThetaBound:
    """After so many steps."""
    n = len(conflicts)
    bound = ThetaBound(conflicts, np.eye(n) / n, np.zeros((n, n)))
    for _ in range(steps):
        bound.improve()
    return bound


def cycle(n: int) -> np.ndarray:
    """Conflicts along a cycle."""
    return (np.roll(np.eye(n), 1, axis=0) + np.roll(np.eye(n), -1, axis=0)).astype(np.bool_)


def petersen() -> np.ndarray:
    """Pairs of five things conflict if they have none in common."""
    pairs = list(itertools.combinations(range(5), 2))
    return np.array([[not set(a) & set(b) for b in pairs] for a in pairs])


@pytest.mark.parametrize(
    ("conflicts", "theta"),
    [
        (cycle(5), np.sqrt(5.0)),  # Lovasz 1979
        (cycle(7), 7 * np.cos(np.pi / 7) / (1 + np.cos(np.pi / 7))),
        (cycle(9), 9 * np.cos(np.pi / 9) / (1 + np.cos(np.pi / 9))),
        (petersen(), 4.0),
        (~np.eye(6, dtype=np.bool_), 1.0),
        (np.zeros((6, 6), dtype=np.bool_), 6.0),
        (np.kron(np.eye(4), 1 - np.eye(3)).astype(np.bool_), 4.0),
    ],
)
def test_published_values_are_reached(conflicts, theta):
    """Theta and theta' agree on these graphs."""
    bound = bound_of(conflicts)
    assert bound.value() == pytest.approx(theta, rel=1e-3)
    assert bound.value() >= theta - 1e-9
    assert not bound.refutes(int(np.floor(theta + 1e-9)))
    assert bound.refutes(int(np.floor(theta + 1e-9)) + 1)


@pytest.mark.parametrize(("seed", "n", "density"), GRAPHS)
def test_what_exists_is_never_refuted(seed, n, density, random_ranks, clique_number):
    """Nor does the bound ever fall below it, however few its steps."""
    ranks = random_ranks(seed, n, density)
    omega = clique_number(ranks)
    bound = bound_of(ranks < 1, 0)
    for _ in range(60):
        bound.improve()
        assert bound.value() > omega - 1e-7
        assert not bound.refutes(omega)
    for p in range(2, omega + 1):
        answer = Theta(ranks, p).refute(1, never)
        assert answer is not None
        assert not answer.refuted


@pytest.mark.parametrize(("seed", "grid"), [(0, None), (1, None), (2, 5), (3, 3)])
def test_nothing_is_refuted_below_the_optimum_in_the_plane(seed, grid, plane_ranks, packing_number):
    """Points, some of them at one place: as many as fit, at one distance after another."""
    ranks = plane_ranks(seed, 40, grid)
    for share in (0.1, 0.3, 0.5, 0.8):
        t = int(share * ranks.max())
        p = packing_number(ranks, t)
        theta = Theta(ranks, max(p, 2))
        ends = [theta.refute(rank, never) for rank in range(max(0, t - 5), t + 1)]
        assert p < 2 or not any(answer is not None and answer.refuted for answer in ends)


def test_it_is_stronger_than_one_factor(random_ranks):
    """A dense graph in which eigenvalues with one factor leave much open."""
    ranks = random_ranks(0, 40, 0.75)
    one_factor = next(p for p in range(2, 41) if refuted_by_spectrum(ranks, 1, p))
    best = next(p for p in range(2, 41) if bound_of(ranks < 1).refutes(p))
    assert best < one_factor


def test_more_conflicts_never_allow_more_points(random_ranks):
    """And what one rank has reached is a start for the next that proves no less."""
    ranks = random_ranks(3, 30, 0.5)
    ranks = np.where(ranks > 0, np.random.default_rng(0).integers(1, 9, (30, 30)), ranks)
    ranks = np.ascontiguousarray(np.minimum(ranks, ranks.T).astype(np.int32))
    np.fill_diagonal(ranks, -1)
    for p in (4, 6, 8):
        warm = Theta(ranks, p)
        cold = [Theta(ranks, p).refute(t, never) for t in range(9, 0, -1)]
        refuted = [answer is not None and answer.refuted for answer in cold]
        assert refuted == sorted(refuted, reverse=True)
        again = [warm.refute(t, never) for t in range(9, 0, -1)]
        assert [answer is not None and answer.refuted for answer in again] == refuted


def test_a_stopped_bound_goes_on(random_ranks):
    """The same steps, whether in one go or one at a time."""
    ranks = random_ranks(1, 40, 0.7)
    p = next(p for p in range(2, 41) if Theta(ranks, p).refute(1, never) is Answer.THETA)
    whole, halting = Theta(ranks, p), Theta(ranks, p)
    assert whole.refute(1, never) is Answer.THETA
    answers = []
    while not answers or answers[-1] is None:
        polls = itertools.count()
        answers.append(halting.refute(1, lambda: next(polls) > 0))  # noqa: B023
    assert answers[-1] is Answer.THETA
    assert len(answers) > 5
    assert whole._bound is not None
    assert halting._bound is not None
    assert whole._bound.steps == halting._bound.steps
    assert (whole._bound.slack == halting._bound.slack).all()
