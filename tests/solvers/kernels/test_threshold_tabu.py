"""Tests of tabu search on a threshold: against costs from scratch, and against what it promises."""

from __future__ import annotations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from dispersion import Instance
from solvers.kernels import threshold_tabu
from solvers.kernels.threshold_tabu import ThresholdTabu


def lowest_rank(instance, selected):
    """The smallest rank within a selection, by definition."""
    return instance.ranks[np.ix_(selected, selected)][np.triu_indices(len(selected), k=1)].min()


@st.composite
def instances(draw):
    """Points on a small grid, many of them duplicates, with every kind of p, and where to start."""
    n = draw(st.integers(2, 40))
    p = draw(st.one_of(st.just(2), st.just(n), st.just(max(2, n - 1)), st.integers(2, n)))
    rng = np.random.default_rng(draw(st.integers(0, 2**31 - 1)))
    side = draw(st.sampled_from([1, 3, 6, 1000]))
    instance = Instance.from_points(rng.integers(0, side, size=(n, 2)), p)
    return instance, rng.choice(n, size=p, replace=False)


@given(given=instances(), seed=st.integers(0, 2**31 - 1))
@settings(deadline=None, max_examples=150)
def test_the_selection_never_loses_a_member_and_never_gets_worse(given, seed):
    """The defect of the first prototype: p distinct members after every call, value rising."""
    instance, start = given
    search = ThresholdTabu(np.array(instance.ranks), start, seed)
    value = lowest_rank(instance, start)
    for _ in range(4):
        selected = search.improve(len(instance.levels) - 1, 700)
        assert len(set(selected.tolist())) == instance.p
        assert search.value == lowest_rank(instance, selected) >= value
        value = search.value


@given(given=instances(), seed=st.integers(0, 2**31 - 1), moves=st.integers(1, 4000))
@settings(deadline=None, max_examples=100)
def test_costs_kept_up_to_date_equal_costs_from_scratch(given, seed, moves):
    """After any number of swaps, raises and restarts: members, costs and total belong together."""
    instance, start = given
    ranks = np.array(instance.ranks)
    search = ThresholdTabu(ranks, start, seed)
    search.improve(len(instance.levels), moves)
    members, shift = search._chosen[0], search._progress[threshold_tabu._SHIFT]
    assert len(set(members.tolist())) == instance.p
    cost = -(-np.maximum(search.value + 1 - ranks.astype(np.int64), 0) >> shift)
    np.fill_diagonal(cost, 0)
    paid = cost[members].sum(axis=0)
    assert (search._points[0] == paid).all()
    assert search._progress[threshold_tabu._TOTAL] == paid[members].sum() // 2


def test_slices_make_no_difference():
    """One call of 9,000 moves is 9 calls of 1,000: nothing is forgotten between calls."""
    instance = Instance.from_points(np.random.default_rng(4).random((80, 2)), 20)
    ranks, start = np.array(instance.ranks), np.arange(20)
    whole, sliced = ThresholdTabu(ranks, start, 3), ThresholdTabu(ranks, start, 3)
    at_once = whole.improve(len(instance.levels), 9000)
    for _ in range(9):
        in_slices = sliced.improve(len(instance.levels), 1000)
    assert (at_once == in_slices).all()
    assert (whole._points == sliced._points).all()


def test_seeds_differ_and_repeat():
    """The same seed walks the same way, another one another way."""
    instance = Instance.from_points(np.random.default_rng(4).random((80, 2)), 20)
    ranks = np.array(instance.ranks)

    def walk(seed):
        search = ThresholdTabu(ranks, np.arange(20), seed)
        search.improve(len(instance.levels), 2000)
        return search._points[3].tolist()

    assert walk(0) == walk(0)
    assert len({tuple(walk(seed)) for seed in range(10)}) == 10


def test_it_stops_at_the_ceiling():
    """A selection that reaches the ceiling is returned as it is."""
    instance = Instance(1.0 - np.eye(6), 3)
    selected = ThresholdTabu(np.array(instance.ranks), np.array([1, 3, 5]), 0).improve(0, 1000)
    assert selected.tolist() == [1, 3, 5]
