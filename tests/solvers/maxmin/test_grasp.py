"""Tests of `solvers.maxmin.grasp` and its kernels."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dispersion import Instance
from solvers import solve
from solvers.kernels.random_numbers import generator, random_below
from solvers.kernels.relinking import climb, construct, relink, value_of
from solvers.maxmin.grasp import _Elite


def ranks_and_p(seed):
    """Grid points with duplicates, and any p."""
    rng = np.random.default_rng(seed)
    n = int(rng.integers(2, 40))
    p = int(rng.choice([2, n, max(2, n - 1), rng.integers(2, n + 1)]))
    points = rng.integers(0, int(rng.choice([1, 4, 1000])), size=(n, 2))
    return np.array(Instance.from_points(points, p).ranks), p


def closest_pairs(ranks, members):
    """The lowest rank and minus how many pairs attain it: what a climb raises."""
    pairs = ranks[np.ix_(members, members)][np.triu_indices(len(members), k=1)]
    return pairs.min(), -(pairs == pairs.min()).sum()


def exchanges(ranks, members):
    """Every selection one swap away."""
    for k in range(len(members)):
        for point in set(range(len(ranks))) - set(members.tolist()):
            yield np.concatenate([np.delete(members, k), [point]])


@given(seed=st.integers(0, 2**31 - 1), percent=st.integers(0, 100))
@settings(deadline=None, max_examples=150)
def test_construction_climb_and_relinking_keep_p_distinct_members(seed, percent):
    """And a finished climb leaves no swap that its rule would take."""
    ranks, p = ranks_and_p(seed)
    state = generator(seed)
    ends = np.zeros((2, p), dtype=np.int32)
    for members in ends:
        construct(ranks, members, percent, state)
        assert len(set(members.tolist())) == p
        before = closest_pairs(ranks, members)
        assert climb(ranks, members, 10**6)
        assert len(set(members.tolist())) == p
        after = closest_pairs(ranks, members)
        assert after >= before
        assert after[0] == value_of(ranks, members)
        assert all(closest_pairs(ranks, other)[0] <= after[0] for other in exchanges(ranks, members))
    between = np.empty(p, dtype=np.int32)
    relink(ranks, ends[0], ends[1], between, state)
    assert len(set(between.tolist())) == p
    kept = set(ends[0].tolist()) & set(ends[1].tolist())
    assert kept <= set(between.tolist()) <= set(ends.ravel().tolist())


def test_relinking_returns_the_best_selection_of_the_path():
    """On a line from {0, 1, 2} to {7, 8, 9} something in between beats both ends."""
    line = np.arange(10.0)
    ranks = np.array(Instance(abs(line[:, None] - line), 3).ranks)
    source, target = np.array([0, 1, 2], dtype=np.int32), np.array([7, 8, 9], dtype=np.int32)
    between = np.empty(3, dtype=np.int32)
    relink(ranks, source, target, between, generator(0))
    assert value_of(ranks, between) > value_of(ranks, source) == value_of(ranks, target)


def worth(ranks, members):
    return ranks[np.ix_(members, members)][np.triu_indices(len(members), k=1)].min()


def plain_climb(ranks, members):
    """Swap the first member of a closest pair that can be swapped; keep nothing up to date."""
    members = members.copy()
    while True:
        lowest = worth(ranks, members)
        for k in range(len(members)):
            others = np.delete(members, k)
            nearest = ranks[others].min(axis=0)
            nearest[members[k]] = -1
            if ranks[members[k], others].min() == lowest and nearest.max() > lowest:
                members[k] = nearest.argmax()
                break
        else:
            return members


def drawn(apart, leaving, state):
    """The place of the lowest so far; a further one that is as low takes its place by chance."""
    found, ties = leaving[0], 1
    for k in leaving[1:]:
        if apart[k] > apart[found]:
            continue
        ties = ties + 1 if apart[k] == apart[found] else 1
        if ties == 1 or random_below(state, ties) == 0:
            found = k
    return found


def plain_relink(ranks, source, target, state):
    """The best selection of the walk; of several weakest members one is drawn, as the kernel does."""
    members, best, highest = source.copy(), source, -2
    for _ in range(len(np.setdiff1d(source, target)) - 1):
        leaving = [k for k in range(len(members)) if members[k] not in target]
        apart = {k: ranks[members[k], np.delete(members, k)].min() for k in leaving}
        k = drawn(apart, leaving, state)
        reach = ranks[np.delete(members, k)].min(axis=0)
        members[k] = max(np.setdiff1d(target, members), key=reach.__getitem__)
        if worth(ranks, members) > highest:
            highest, best = worth(ranks, members), members.copy()
    return best


@pytest.mark.parametrize("seed", range(10))
def test_what_is_kept_up_to_date_is_right(seed):
    """Climbing and relinking walk as they do when every distance is looked at in every step."""
    rng = np.random.default_rng(seed)
    ranks = np.array(Instance.from_points(rng.random((30, 4)), 12).ranks)
    source, target = (rng.choice(30, size=12, replace=False).astype(np.int32) for _ in range(2))
    between = np.empty(12, dtype=np.int32)
    relink(ranks, source, target, between, generator(0))
    plain = plain_relink(ranks, source, target, generator(0))
    assert worth(ranks, between) == worth(ranks, plain)
    assert set(between.tolist()) == set(plain.tolist())
    climbed = source.copy()
    assert climb(ranks, climbed, 10_000)
    assert climbed.tolist() == plain_climb(ranks, source).tolist()


def test_a_greedy_construction_is_farthest_points():
    """With a candidate list of 0 percent every point added is a farthest one."""
    instance = Instance.from_points(np.random.default_rng(0).random((50, 3)), 10)
    members = np.empty(10, dtype=np.int32)
    construct(np.array(instance.ranks), members, 0, generator(1))
    for k in range(1, 10):
        reach = instance.distances[members[:k]].min(axis=0)
        assert reach[members[k]] == reach.max()


def test_the_elite_keeps_the_best_and_no_copies():
    """Known selections and bad ones are turned away; the best always stays; order is by value."""
    elite = _Elite(40)
    rng = np.random.default_rng(0)
    values = rng.integers(0, 100, size=200).tolist()
    for value in values:
        elite.offer(value, rng.choice(40, size=5, replace=False).astype(np.int32))
        elite.offer(elite.values[0], elite.members[0][::-1])
    assert len(elite.values) == 10
    assert elite.values == sorted(elite.values, reverse=True)
    assert elite.values[0] == max(values)
    assert len({frozenset(members.tolist()) for members in elite.members}) == 10


def test_grasp_is_between_greedy_and_the_optimum():
    """On real-looking layers it beats greedy, and differs by seed."""
    better, selections = 0, set()
    for seed in range(8):
        X = np.random.default_rng(seed).normal(size=(60, 8))
        instance = Instance.from_points(X, 15)
        greedy, optimum = (solve(instance, name).objective for name in ("greedy", "clique"))
        solution = solve(instance, "grasp", seed=seed)
        better += greedy < solution.objective <= optimum
        plane = Instance.from_points(np.random.default_rng(99).random((150, 2)), 40)
        selections.add(tuple(solve(plane, "grasp", seed=seed, time_limit=0.05).selected))
    assert better == 8
    assert len(selections) > 1


def test_random_numbers_are_uniform_and_differ_by_seed():
    """Each of 6 faces 10,000 times in 60,000 throws, within 5 standard deviations."""
    state = generator(0)
    throws = np.bincount([random_below(state, 6) for _ in range(60_000)], minlength=6)
    assert len(throws) == 6
    assert (abs(throws - 10_000) < 5 * np.sqrt(60_000 * 5 / 36)).all()
    assert len({int(generator(seed)[0]) for seed in range(10_000)}) == 10_000
