"""Tests of `solvers.kernels.clique_search`: the search finds or exhausts."""

from __future__ import annotations

import itertools

import numpy as np
import pytest

from solvers.kernels.bitset import adjacency, core_order, packed, unpacked
from solvers.kernels.clique_search import EXHAUSTED, FOUND, PAUSED, root_points, search

GRAPHS = [
    *itertools.product(range(4), (5, 12, 25), (0.1, 0.5, 0.8, 0.9)),
    *itertools.product(range(4), (66,), (0.1, 0.5)),
]


def searched(rows: np.ndarray, p: int, nodes: int) -> tuple[int, np.ndarray, int]:
    """Outcome, clique and nodes of a search that pauses after every `nodes`."""
    m, words = rows.shape
    candidates = np.zeros((p, words), dtype=np.uint64)
    candidates[0] = packed(np.ones(m, dtype=bool))
    points, left = np.zeros((p, m), dtype=np.int32), np.zeros(p, dtype=np.int64)
    chosen, progress = np.zeros(p, dtype=np.int64), np.array([-1, 0, 0, 0], dtype=np.int64)
    outcome = PAUSED
    while outcome == PAUSED:
        before = int(progress[1])
        outcome = search(rows, candidates, points, left, chosen, progress, nodes)
        assert progress[1] - before <= nodes
    return outcome, chosen, int(progress[1])


@pytest.mark.parametrize(("seed", "n", "density"), GRAPHS)
def test_the_search_finds_every_clique_there_is(
    seed, n, density, random_ranks, clique_number, is_clique
):
    """In any order of the points, and however often it is resumed."""
    ranks = random_ranks(seed, n, density)
    omega = clique_number(ranks)
    for order in (np.arange(n), core_order(ranks, 1, 1)):
        rows = adjacency(ranks, order, 1)
        for p in range(1, min(n, omega + 2) + 1):
            outcome, chosen, nodes = searched(rows, p, 10**9)
            assert outcome == (FOUND if p <= omega else EXHAUSTED)
            assert p > omega or is_clique(ranks, order[chosen], p)
            again, _, resumed_nodes = searched(rows, p, 3)
            assert (again, resumed_nodes) == (outcome, nodes)


@pytest.mark.parametrize(("seed", "n", "density"), GRAPHS)
def test_every_clique_holds_a_root_point(seed, n, density, random_ranks, clique_number):
    """Without the root points for p, p - 1 is the most."""
    ranks = random_ranks(seed, n, density)
    everything = packed(np.ones(n, dtype=bool))
    for p in range(1, clique_number(ranks) + 2):
        roots = root_points(adjacency(ranks, np.arange(n), 1), everything, p)
        rest = np.setdiff1d(np.arange(n), roots)
        assert clique_number(ranks[np.ix_(rest, rest)]) <= p - 1


@pytest.mark.parametrize("seed", [322, 595, 679, 1513, 2527, 2701])
def test_two_colours_absorb_one_point_only(seed, clique_number):
    """On these dense graphs the largest clique is missed if a pair of colours is spent twice."""
    rng = np.random.default_rng(seed)
    n = int(rng.integers(15, 45))
    upper = np.triu(rng.random((n, n)) < rng.choice([0.7, 0.85, 0.9]), k=1).astype(np.int32)
    ranks = upper + upper.T
    np.fill_diagonal(ranks, -1)
    omega = clique_number(ranks)
    rows = adjacency(ranks, core_order(ranks, 1, omega), 1)
    assert unpacked(rows, len(rows)).any()
    assert searched(rows, omega, 10**7)[0] == FOUND
    assert searched(rows, omega + 1, 10**7)[0] == EXHAUSTED
