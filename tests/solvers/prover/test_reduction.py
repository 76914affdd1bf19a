"""Tests of `solvers.prover.reduction`: what is left holds a selection exactly if all points do."""

from __future__ import annotations

import itertools

import numpy as np
import pytest

from solvers.kernels.bitset import adjacency
from solvers.prover.reduction import Answer, cheap_answer, reduced

GRAPHS = [
    *itertools.product(range(4), (2, 5, 12, 25), (0.1, 0.5, 0.8, 0.95)),
    *itertools.product(range(4), (60,), (0.1, 0.4)),
]


@pytest.mark.parametrize(("seed", "n", "density"), GRAPHS)
def test_the_reductions_decide_nothing_wrongly(
    seed, n, density, random_ranks, clique_number, is_clique
):
    """Taken points and a clique among those left make p, if and only if there is one of p."""
    ranks = random_ranks(seed, n, density)
    omega = clique_number(ranks)
    for p in range(1, n + 1):
        graph = reduced(ranks, 1, p)
        if graph.answer is Answer.YES:
            assert is_clique(ranks, graph.taken, p)
        elif graph.answer.refuted:
            assert graph.answer in (Answer.CORE, Answer.COLOURING)
            assert p > omega
        else:
            left = graph.points
            assert len(graph.taken) + graph.p == p
            assert (clique_number(ranks[np.ix_(left, left)]) >= graph.p) == (p <= omega)
            assert (ranks[np.ix_(graph.taken, left)] >= 1).all()
            assert not set(graph.taken.tolist()) & set(left.tolist())
            assert (graph.rows == adjacency(ranks, left, 1)).all()
            assert not ((ranks[np.ix_(left, left)] >= 1).sum(axis=1) == len(left) - 1).any()
        if cheap_answer(ranks, 1, p).refuted:
            assert p > omega


def test_points_far_from_all_are_taken(random_ranks, clique_number):
    """Seven points linked to every other are in the selection, whatever the rest is."""
    inner = random_ranks(5, 20, 0.6)
    ranks = np.ones((27, 27), dtype=np.int32)
    ranks[:20, :20] = inner
    np.fill_diagonal(ranks, -1)
    graph = reduced(ranks, 1, clique_number(inner) + 7)
    assert set(graph.taken.tolist()) >= set(range(20, 27))


def test_a_graph_that_is_complete_is_taken_whole():
    """And no more than p of it."""
    ranks = np.ones((9, 9), dtype=np.int32)
    np.fill_diagonal(ranks, -1)
    for p in (1, 4, 9):
        graph = reduced(ranks, 1, p)
        assert graph.answer is Answer.YES
        assert len(set(graph.taken.tolist())) == p


def test_what_refuted_is_told():
    """A star has no 2-core; an odd cycle of cliques needs colours."""
    star = np.zeros((6, 6), dtype=np.int32)
    star[0, :] = star[:, 0] = 1
    np.fill_diagonal(star, -1)
    assert reduced(star, 1, 3).answer is cheap_answer(star, 1, 3) is Answer.CORE
    parts = 1 - np.kron(np.eye(3, dtype=np.int32), np.ones((4, 4), dtype=np.int32))
    np.fill_diagonal(parts, -1)
    assert cheap_answer(np.ascontiguousarray(parts), 1, 4) is Answer.COLOURING
    assert [answer.refuted for answer in (Answer.OPEN, Answer.YES, Answer.COVER)] == [0, 0, 1]
