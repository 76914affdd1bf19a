"""Tests of `pruning.saliency.forward`: against solving every regression anew."""

from __future__ import annotations

from itertools import combinations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pruning.saliency.forward import forward


def a_problem(rng, n, k, m, ridge=0.1):
    """A regression of m outputs on n blocks of k columns, correlated and of different sizes."""
    x = rng.normal(size=(40, n * k)) @ rng.normal(size=(n * k, n * k))
    gram = x.T @ x / 40
    cross = gram @ rng.normal(size=(n * k, m))
    return gram + ridge * np.eye(n * k), cross


def problems_of(seed, n):
    """Two regressions on the same n channels, of different sizes."""
    rng = np.random.default_rng(seed)
    return [a_problem(rng, n, 2, 3), a_problem(rng, n, 1, 4)]


def explained(problems, chosen, n):
    """By how much these blocks lower the sums of squares, from the normal equations."""
    total = 0.0
    for gram, cross in problems:
        columns = np.arange(len(gram)).reshape(n, -1)[list(chosen)].ravel()
        weights = np.linalg.solve(gram[np.ix_(columns, columns)], cross[columns])
        total += float((weights * cross[columns]).sum())
    return total


def greedy(problems, p, n):
    """Forward selection, everything computed anew at every step."""
    chosen: list[int] = []
    for _ in range(p):
        others = [one for one in range(n) if one not in chosen]
        chosen.append(max(others, key=lambda one: explained(problems, [*chosen, one], n)))
    return chosen


@settings(max_examples=40, deadline=None)
@given(seed=st.integers(0, 2**31), n=st.integers(2, 6), data=st.data())
def test_it_is_greedy(seed, n, data):
    """The same blocks in the same order as by brute force, and what each gains."""
    p = data.draw(st.integers(1, n))
    problems = problems_of(seed, n)
    order, lowered = forward(problems, p, n)
    assert order == greedy(problems, p, n)
    steps = [explained(problems, order[:size], n) for size in range(1, p + 1)]
    assert np.cumsum(lowered) == pytest.approx(steps, rel=1e-8)
    assert min(lowered) >= 0


@pytest.mark.parametrize("seed", range(4))
def test_it_is_no_better_than_the_optimum(seed):
    """Over all sets of three of seven; and of seven there is but one set of seven."""
    problems = problems_of(seed, 7)
    _, lowered = forward(problems, 3, 7)
    best = max(explained(problems, some, 7) for some in combinations(range(7), 3))
    assert sum(lowered) <= best * (1 + 1e-9)
    order, lowered = forward(problems, 7, 7)
    assert sorted(order) == list(range(7))
    assert sum(lowered) == pytest.approx(explained(problems, range(7), 7))


def test_dead_channels_come_last():
    """Blocks of zeros explain nothing; they are taken when nothing else is left."""
    rng = np.random.default_rng(0)
    x = rng.normal(size=(50, 6, 2))
    x[:, [1, 4]] = 0.0
    x = x.reshape(50, 12)
    problem = (x.T @ x + 0.1 * np.eye(12), x.T @ x @ rng.normal(size=(12, 3)))
    order, lowered = forward([problem], 6, 6)
    assert set(order[4:]) == {1, 4}
    assert lowered[4:] == [0.0, 0.0]


def test_of_near_duplicates_one_comes_first():
    """The second of them has nothing to add; the weakest channel of its own has."""
    rng = np.random.default_rng(1)
    x = rng.normal(size=(200, 4)) * [3.0, 2.0, 0.5, 0.0]
    x[:, 3] = x[:, 0] + 1e-3 * rng.normal(size=200)
    problem = (x.T @ x + 1e-3 * np.eye(4), x.T @ x @ np.ones((4, 1)))
    order, _ = forward([problem], 4, 4)
    assert {0, 3} == {order[0], order[3]}


def test_its_input_is_left_alone():
    """Gram and cross may be read-only."""
    problems = problems_of(0, 5)
    before = [(gram.copy(), cross.copy()) for gram, cross in problems]
    for gram, cross in problems:
        gram.setflags(write=False)
        cross.setflags(write=False)
    forward(problems, 3, 5)
    for (gram, cross), (gram_before, cross_before) in zip(problems, before, strict=True):
        assert (gram == gram_before).all()
        assert (cross == cross_before).all()
