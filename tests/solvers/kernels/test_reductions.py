"""Tests of `solvers.kernels.reductions`: a largest clique always survives."""

from __future__ import annotations

import itertools

import numpy as np
import pytest

from solvers.kernels.bitset import adjacency
from solvers.kernels.reductions import undominated

GRAPHS = [
    *itertools.product(range(4), (5, 12, 25), (0.1, 0.5, 0.8, 0.9)),
    *itertools.product(range(4), (66,), (0.1, 0.5)),
]


@pytest.mark.parametrize(("seed", "n", "density"), GRAPHS)
def test_a_clique_of_size_p_survives(seed, n, density, random_ranks, clique_number):
    """For every p up to the clique number."""
    ranks = random_ranks(seed, n, density)
    omega = clique_number(ranks)
    for p in range(1, omega + 1):
        kept = undominated(adjacency(ranks, np.arange(n), 1), p)
        assert (np.diff(kept) > 0).all()
        assert clique_number(ranks[np.ix_(kept, kept)]) >= p


@pytest.mark.parametrize(("seed", "n", "density"), GRAPHS)
def test_nothing_that_is_left_can_go(seed, n, density, random_ranks):
    """No survivor has fewer than p - 1 neighbours, or one that stands for it."""
    ranks = random_ranks(seed, n, density)
    p = 3
    kept = undominated(adjacency(ranks, np.arange(n), 1), p)
    edges = ranks[np.ix_(kept, kept)] >= 1
    assert (edges.sum(axis=1) >= p - 1).all()
    for v, u in itertools.permutations(range(len(kept)), 2):
        assert edges[v, u] or (edges[v] & ~edges[u]).any()


def test_of_twins_one_is_kept():
    """Points that exclude each other and have the same neighbours: one stands for all."""
    ranks = 1 - np.kron(np.eye(4, dtype=np.int32), np.ones((5, 5), dtype=np.int32))
    np.fill_diagonal(ranks, -1)
    kept = undominated(adjacency(np.ascontiguousarray(ranks), np.arange(20), 1), 4)
    assert sorted(v // 5 for v in kept.tolist()) == [0, 1, 2, 3]


def test_a_point_with_exactly_enough_neighbours_is_kept():
    """p - 1 neighbours are enough, p - 2 are not: two cliques of three that share nothing."""
    ranks = np.kron(np.eye(2, dtype=np.int32), np.ones((3, 3), dtype=np.int32))
    np.fill_diagonal(ranks, -1)
    rows = adjacency(np.ascontiguousarray(ranks), np.arange(6), 1)
    assert len(undominated(rows, 3)) >= 3
    assert len(undominated(rows, 4)) == 0
