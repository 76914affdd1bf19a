"""Tests of `solvers.kernels.cliques`: violated cliques are cliques, and weights prove their bound."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from solvers.kernels.bitset import packed
from solvers.kernels.clique_cover import conflicts_of, edge_clique_cover
from solvers.kernels.cliques import violated_cliques, weighted_cover

UNIT = 1000


@pytest.mark.parametrize("seed", range(60))
def test_violated_cliques_are_violated_and_maximal_cliques(seed, random_ranks):
    """Their totals are what they held before they were grown among the free points."""
    rng = np.random.default_rng(seed)
    n = int(rng.integers(2, 140))
    ranks = random_ranks(seed, n, float(rng.choice([0.1, 0.5, 0.8])))
    conflict = (ranks < 1) & ~np.eye(n, dtype=bool)
    free = rng.random(n) < 0.8
    x = np.where(free & (rng.random(n) < 0.6), rng.random(n), 0.0)
    starts, members, totals = violated_cliques(conflicts_of(ranks, 1), x, packed(free))
    assert len(starts) == len(totals) + 1
    for a, b, total in zip(starts[:-1], starts[1:], totals, strict=True):
        clique = members[a:b]
        inside = conflict[np.ix_(clique, clique)]
        assert inside.sum() == len(clique) * (len(clique) - 1)
        assert free[clique].all()
        assert total > 1
        assert x[clique].sum() == pytest.approx(total)
        assert not (conflict[:, clique].all(axis=1) & free).any()


def test_a_violated_triangle_is_found():
    """Three points at one place, half a point each, and a far one."""
    ranks = np.ones((4, 4), dtype=np.int32)
    ranks[:3, :3] = 0
    np.fill_diagonal(ranks, -1)
    free = packed(np.ones(4, dtype=bool))
    starts, members, totals = violated_cliques(conflicts_of(ranks, 1), np.full(4, 0.5), free)
    assert totals.tolist() == [1.5] * 3
    assert {tuple(sorted(members[a:b].tolist())) for a, b in itertools.pairwise(starts)} == {(0, 1, 2)}
    assert len(violated_cliques(conflicts_of(ranks, 1), np.full(4, 0.3), free)[2]) == 0


def selections(ranks: np.ndarray, free: np.ndarray) -> list[tuple[int, ...]]:
    """Every set of free points without conflict."""
    points = np.flatnonzero(free).tolist()
    return [
        chosen
        for size in range(len(points) + 1)
        for chosen in itertools.combinations(points, size)
        if all(ranks[u, v] >= 1 for u, v in itertools.combinations(chosen, 2))
    ]


@given(data=st.data(), seed=st.integers(0, 2**31 - 1), n=st.integers(2, 9))
@settings(deadline=None, max_examples=150)
def test_any_weights_prove_their_bound(data, seed, n, random_ranks):
    """No selection exceeds it; none that holds v exceeds the bound less the surplus of v."""
    rng = np.random.default_rng(seed)
    ranks = random_ranks(seed, n, float(rng.choice([0.2, 0.5, 0.8])))
    starts, members = edge_clique_cover(ranks, 1)
    k = len(starts) - 1
    weights = np.array(
        data.draw(st.lists(st.integers(0, 2 * UNIT), min_size=k, max_size=k)), dtype=np.int64
    )
    free = np.array(data.draw(st.lists(st.booleans(), min_size=n, max_size=n)))
    surplus = np.empty(n, dtype=np.int64)
    bound = weighted_cover(starts, members.astype(np.int32), weights, free, UNIT, surplus)
    for chosen in selections(ranks, free):
        assert len(chosen) * UNIT <= bound
        for v in chosen:
            assert len(chosen) * UNIT <= bound - max(surplus[v], 0)


@given(data=st.data(), seed=st.integers(0, 2**31 - 1), n=st.integers(3, 9))
@settings(deadline=None, max_examples=150)
def test_a_clique_that_is_hit_may_weigh_less_than_nothing(data, seed, n, random_ranks):
    """Of the selections that hold one point of it, no bound is too low."""
    ranks = random_ranks(seed, n, 0.4)
    starts, members = edge_clique_cover(ranks, 1)
    k = len(starts) - 1
    if k == 0:
        return
    weights = np.array(
        data.draw(st.lists(st.integers(0, 2 * UNIT), min_size=k, max_size=k)), dtype=np.int64
    )
    hit = data.draw(st.integers(0, k - 1))
    weights[hit] = data.draw(st.integers(-3 * UNIT, 0))
    forced = set(members[starts[hit] : starts[hit + 1]].tolist())
    free, surplus = np.ones(n, dtype=bool), np.empty(n, dtype=np.int64)
    bound = weighted_cover(starts, members.astype(np.int32), weights, free, UNIT, surplus)
    for chosen in selections(ranks, free):
        if forced & set(chosen):
            assert len(chosen) * UNIT <= bound - max(0, *(surplus[v] for v in chosen))


def test_tight_weights_give_a_tight_bound():
    """Three groups of four at one place: a unit each proves three, and no point has a surplus."""
    ranks = 1 - np.kron(np.eye(3, dtype=np.int32), np.ones((4, 4), dtype=np.int32))
    np.fill_diagonal(ranks, -1)
    starts, members = edge_clique_cover(np.ascontiguousarray(ranks), 1)
    surplus = np.empty(12, dtype=np.int64)
    weights, free = np.full(3, UNIT, dtype=np.int64), np.ones(12, dtype=bool)
    cover = (starts, members.astype(np.int32), weights)
    assert weighted_cover(*cover, free, UNIT, surplus) == 3 * UNIT
    assert (surplus == 0).all()
    weights[0] += 7  # more than is needed
    assert weighted_cover(*cover, free, UNIT, surplus) == 3 * UNIT + 7
    assert sorted(surplus.tolist()) == [0] * 8 + [7] * 4
    weights[:] = 0  # nothing but what points lack
    assert weighted_cover(*cover, free, UNIT, surplus) == 12 * UNIT
    free[:5] = False
    assert weighted_cover(*cover, free, UNIT, surplus) == 7 * UNIT
