"""Tests of `solvers.kernels.clique_cover`: what its cliques promise, on random graphs."""

from __future__ import annotations

import itertools

import networkx as nx
import numpy as np
import pytest

from solvers.kernels.clique_cover import clique_pair, edge_clique_cover


def random_ranks(seed: int, n: int, levels: int) -> np.ndarray:
    """Symmetric ranks 0 .. levels - 1, -1 on the diagonal."""
    upper = np.triu(np.random.default_rng(seed).integers(0, levels, (n, n)), k=1)
    ranks = (upper + upper.T).astype(np.int32)
    np.fill_diagonal(ranks, -1)
    return ranks


def cliques(ranks: np.ndarray, t: int) -> list[np.ndarray]:
    """The cover as a list."""
    starts, members = edge_clique_cover(ranks, t)
    return [members[a:b] for a, b in itertools.pairwise(starts)]


SIZES = [(seed, n, t) for seed in range(4) for n in (2, 9, 63, 64, 65, 130) for t in (0, 1, 5, 10)]


@pytest.mark.parametrize(("seed", "n", "t"), SIZES)
def test_the_cover_holds_every_conflict_and_nothing_else(seed, n, t):
    """Every pair below t lies in a clique; no clique holds another pair; none can grow."""
    ranks = random_ranks(seed, n, 10)
    conflict = (ranks < t) & ~np.eye(n, dtype=bool)
    covered = np.zeros((n, n), dtype=bool)
    for clique in cliques(ranks, t):
        inside = conflict[np.ix_(clique, clique)]
        assert inside.sum() == len(clique) * (len(clique) - 1) > 0  # distinct and pairwise
        assert not conflict[:, clique].all(axis=1).any()
        covered[np.ix_(clique, clique)] = True
    np.fill_diagonal(covered, False)
    assert (covered == conflict).all()


def test_a_cover_is_much_smaller_than_its_pairs():
    """Three groups of ten points at one place are three cliques, not 135 pairs."""
    ranks = 1 - np.kron(np.eye(3, dtype=np.int32), np.ones((10, 10), dtype=np.int32))
    np.fill_diagonal(ranks, -1)
    found = sorted(sorted(clique.tolist()) for clique in cliques(np.ascontiguousarray(ranks), 1))
    assert found == [list(range(k, k + 10)) for k in (0, 10, 20)]


@pytest.mark.parametrize("seed", range(30))
def test_a_clique_pair_caps_every_selection_that_its_pair_caps(seed):
    """No two points farther apart than the pair, and two cliques below low hold all points."""
    rng = np.random.default_rng(seed)
    n, low = int(rng.integers(3, 14)), 4
    ranks = random_ranks(seed, n, 8)
    for i, j in itertools.combinations(range(n), 2):
        if ranks[i, j] < low:
            continue
        points = clique_pair(ranks, low, i, j)
        assert points[:2].tolist() == [i, j]
        assert len(set(points.tolist())) == len(points)
        among = ranks[np.ix_(points, points)]
        assert among.max() <= ranks[i, j]
        apart = nx.from_numpy_array((among >= low).astype(int))
        assert nx.is_bipartite(apart)  # two cliques of conflicts hold all points
