"""Tests of `solvers.kernels`: every answer of a probe against brute force on random graphs."""

from __future__ import annotations

import itertools

import networkx as nx
import numpy as np
import pytest

from solvers.kernels.bitset import adjacency, core_order
from solvers.kernels.clique_search import colours
from solvers.kernels.probe import Answer, Probe, cheap_answer
from solvers.kernels.reductions import undominated


def random_ranks(seed: int, n: int, density: float) -> np.ndarray:
    """Rank 1 for edges, 0 for the other pairs, -1 on the diagonal."""
    rng = np.random.default_rng(seed)
    upper = np.triu(rng.random((n, n)) < density, k=1).astype(np.int32)
    ranks = upper + upper.T
    np.fill_diagonal(ranks, -1)
    return np.ascontiguousarray(ranks)


def clique_number(ranks: np.ndarray) -> int:
    """The clique number by networkx."""
    graph = nx.from_numpy_array((ranks >= 1).astype(int))
    return max(len(clique) for clique in nx.find_cliques(graph))


GRAPHS = [
    (seed, n, density)
    for n, density in itertools.product((5, 12, 30, 70), (0.1, 0.5, 0.8, 0.95))
    for seed in range(6)
    if n < 70 or density < 0.9
]


@pytest.mark.parametrize(("seed", "n", "density"), GRAPHS)
def test_a_probe_knows_the_clique_number(seed, n, density):
    """Yes with a true witness up to the clique number, no above it, whatever decided it."""
    ranks = random_ranks(seed, n, density)
    omega = clique_number(ranks)
    for p in range(2, min(n, omega + 3) + 1):
        probe = Probe(ranks, 1, p)
        while probe.search(7) is Answer.OPEN:  # resumed often
            pass
        assert (probe.answer is Answer.YES) == (p <= omega), (p, omega, probe.answer)
        if p <= omega:
            chosen = probe.witness
            assert len(set(chosen.tolist())) == p
            assert (ranks[np.ix_(chosen, chosen)][np.triu_indices(p, k=1)] >= 1).all()
        else:
            assert probe.answer.refuted
            assert probe.witness is None
        if cheap_answer(ranks, 1, p).refuted:
            assert p > omega
    order = core_order(ranks, 1, 2)
    if len(order):
        assert colours(adjacency(ranks, order, 1), n + 1) >= omega


@pytest.mark.parametrize(("seed", "n", "density"), GRAPHS)
def test_reductions_keep_a_largest_clique(seed, n, density):
    """What is left of a graph after the reductions for p still holds a clique of size p."""
    ranks = random_ranks(seed, n, density)
    omega = clique_number(ranks)
    if omega < 2:
        return
    order = core_order(ranks, 1, omega)
    kept = order[undominated(adjacency(ranks, order, 1), omega)]
    assert clique_number(ranks[np.ix_(kept, kept)]) == omega


def test_the_core_is_the_core():
    """`core_order` keeps the points networkx keeps."""
    for seed, n, density in GRAPHS:
        ranks = random_ranks(seed, n, density)
        graph = nx.from_numpy_array((ranks >= 1).astype(int))
        for p in (2, 3, n // 3 + 2):
            core = set(nx.k_core(graph, p - 1).nodes)
            assert set(core_order(ranks, 1, p).tolist()) == core


@pytest.mark.parametrize("seed", [322, 595, 679, 1513, 2527, 2701])
def test_two_colours_absorb_one_point_only(seed):
    """On these dense graphs the largest clique is missed if a pair of colours is spent twice."""
    rng = np.random.default_rng(seed)
    n = int(rng.integers(15, 45))
    upper = np.triu(rng.random((n, n)) < rng.choice([0.7, 0.85, 0.9]), k=1).astype(np.int32)
    ranks = upper + upper.T
    np.fill_diagonal(ranks, -1)
    omega = clique_number(ranks)
    assert Probe(ranks, 1, omega).search(10**7) is Answer.YES
    assert Probe(ranks, 1, omega + 1).search(10**7).refuted
