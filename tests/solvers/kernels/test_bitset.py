"""Tests of `solvers.kernels.bitset`: rows hold what the matrix says; the core is the core."""

from __future__ import annotations

import itertools

import networkx as nx
import numpy as np
import pytest

from solvers.kernels.bitset import adjacency, core_order, induced, packed, unpacked

SIZES = (1, 2, 12, 63, 64, 65, 130)


@pytest.mark.parametrize("n", SIZES)
def test_rows_hold_the_pairs_at_rank_t_or_more(n, plane_ranks):
    """In the order asked for, and in that of a subset of it."""
    rng = np.random.default_rng(n)
    ranks = plane_ranks(1, n) if n > 1 else np.full((1, 1), -1, dtype=np.int32)
    t = int(ranks.max()) // 3
    order = rng.permutation(n)
    rows = adjacency(ranks, order, t)
    expected = ranks[np.ix_(order, order)] >= t
    assert (unpacked(rows, n) == expected).all()
    some = rng.permutation(n)[: n // 2 + 1]
    inner = induced(rows, some)
    assert inner.shape == (len(some), (len(some) + 63) // 64)
    assert (unpacked(inner, len(some)) == expected[np.ix_(some, some)]).all()


@pytest.mark.parametrize("n", SIZES)
def test_packing_is_undone_by_unpacking(n):
    """And bits past the end stay clear."""
    mask = np.random.default_rng(n).random(n) < 0.5
    assert (unpacked(packed(mask), n) == mask).all()
    assert int(np.bitwise_count(packed(mask)).sum()) == mask.sum()


def test_the_core_is_the_core(random_ranks):
    """`core_order` keeps the points networkx keeps."""
    for seed, n, density in itertools.product(range(4), (5, 12, 30, 70), (0.1, 0.5, 0.8, 0.95)):
        ranks = random_ranks(seed, n, density)
        graph = nx.from_numpy_array((ranks >= 1).astype(int))
        for p in (1, 2, 3, n // 3 + 2, n):
            core = set(nx.k_core(graph, p - 1).nodes)
            assert set(core_order(ranks, 1, p).tolist()) == core


def test_the_core_is_in_minimum_width_order(random_ranks):
    """Every point has the fewest neighbours among itself and those before it."""
    ranks = random_ranks(3, 40, 0.5)
    order = core_order(ranks, 1, 2)
    edges = ranks[np.ix_(order, order)] >= 1
    for end in range(len(order), 0, -1):
        degrees = edges[:end, :end].sum(axis=1)
        assert degrees[-1] == degrees.min()
