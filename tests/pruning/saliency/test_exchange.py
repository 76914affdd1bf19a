"""Tests of `pruning.saliency.exchange`: against solving every regression anew."""

from __future__ import annotations

from itertools import combinations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pruning.saliency.exchange import exchange, explained


def problems_of(seed, n):
    """Two regressions on the same n channels, of different sizes."""
    rng = np.random.default_rng(seed)
    found = []
    for k, m in [(2, 3), (1, 4)]:
        x = rng.normal(size=(40, n * k)) @ rng.normal(size=(n * k, n * k))
        gram = x.T @ x / 40
        found.append((gram + 0.1 * np.eye(n * k), gram @ rng.normal(size=(n * k, m))))
    return found


def by_hand(problems, chosen, n):
    """The same as `explained`, block by block of a full weight matrix that is zero elsewhere."""
    total = 0.0
    for gram, cross in problems:
        k = len(gram) // n
        inside = np.isin(np.arange(n * k) // k, chosen)
        masked = np.where(np.outer(inside, inside), gram, np.eye(n * k))
        weights = np.linalg.solve(masked, cross * inside[:, None])
        total += float(2 * (weights * cross).sum() - (weights * (gram @ weights)).sum())
    return total


@settings(max_examples=100, deadline=None)
@given(seed=st.integers(0, 2**31), n=st.integers(2, 8), data=st.data())
def test_in_the_end_no_swap_gains(seed, n, data):
    """From any start, and never to anything worse than the start or better than the optimum."""
    start = data.draw(st.lists(st.integers(0, n - 1), min_size=1, max_size=n, unique=True))
    problems = problems_of(seed, n)
    found = exchange(problems, start, n, 1000)
    assert len(set(found)) == len(start)
    value = by_hand(problems, found, n)
    optimum = max(by_hand(problems, some, n) for some in combinations(range(n), len(start)))
    assert by_hand(problems, start, n) * (1 - 1e-12) <= value <= optimum * (1 + 1e-9)
    for one in found:
        for other in set(range(n)) - set(found):
            swapped = [other if member == one else member for member in found]
            assert by_hand(problems, swapped, n) <= value * (1 + 1e-5)


def test_all_members_are_tried_after_the_last_swap():
    """Here the last swap comes in the middle of a round, and a member tried before it can go then."""
    problems = problems_of(28939, 8)
    found = exchange(problems, [1, 2, 3, 4, 5], 8, 1000)
    assert sorted(found) == [2, 3, 4, 5, 7]


@pytest.mark.parametrize("seed", range(3))
def test_every_swap_helps(seed):
    """With more of them allowed, more is explained; with one, at most one block changes."""
    problems = problems_of(seed, 9)
    start = [0, 1, 2, 3]
    values = [explained(problems, exchange(problems, start, 9, swaps), 9) for swaps in range(6)]
    assert values == sorted(values)
    assert values[-1] > values[0]
    assert len(set(exchange(problems, start, 9, 1)) - set(start)) == 1


def test_nothing_to_exchange():
    """No swaps allowed, or every block chosen: the same comes back."""
    problems = problems_of(0, 5)
    assert exchange(problems, [3, 1], 5, 0) == [3, 1]
    assert exchange(problems, [4, 2, 0, 1, 3], 5, 9) == [4, 2, 0, 1, 3]


def test_dead_channels_are_exchanged():
    """And channels that equal a member are not taken for it."""
    rng = np.random.default_rng(0)
    x = rng.normal(size=(50, 6))
    x[:, 1] = 0.0
    x[:, 4] = x[:, 3]
    problem = (x.T @ x + 0.1 * np.eye(6), x.T @ x @ np.ones((6, 2)))
    assert sorted(exchange([problem], [1, 3, 4], 6, 9))[1:] != [3, 4]
    assert 1 not in exchange([problem], [1, 3, 4], 6, 9)
    dead = (np.eye(6), np.zeros((6, 2)))
    assert exchange([dead], [1, 3, 4], 6, 9) == [1, 3, 4]


@pytest.mark.parametrize("seed", range(4))
def test_what_blocks_explain(seed):
    """From the normal equations, as by the masked system."""
    problems = problems_of(seed, 6)
    for chosen in ([2], [5, 0, 3], list(range(6))):
        assert explained(problems, chosen, 6) == pytest.approx(by_hand(problems, chosen, 6))


def test_its_input_is_left_alone():
    """Gram and cross may be read-only."""
    problems = problems_of(0, 5)
    for gram, cross in problems:
        gram.setflags(write=False)
        cross.setflags(write=False)
    exchange(problems, [0, 1], 5, 3)
