"""Tests of the most points without conflict, against networkx and CP-SAT."""

from __future__ import annotations

import numpy as np
import pytest

from solvers.prover import largest
from solvers.prover.largest import Largest


def never() -> bool:
    return False


def solved(ranks: np.ndarray, threads: int = 1) -> tuple[Largest, list[tuple[int, int]]]:
    """Pursued to the end, and the ends on the way."""
    ends: list[tuple[int, int]] = []
    one = Largest(ranks, (ranks <= 0) * 1.0, 0, lambda it: ends.append((it.low, it.high)))
    one.start(never)
    one.pursue(never, threads)
    return one, ends


@pytest.mark.parametrize("density", [0.2, 0.5, 0.8, 0.95])
@pytest.mark.parametrize("threads", [1, 2])
def test_the_clique_number(random_ranks, clique_number, is_clique, density, threads):
    """With every end on the way valid, and better than the one before."""
    for seed in range(8):
        ranks = random_ranks(seed, 40, density)
        one, ends = solved(ranks, threads)
        most = clique_number(ranks)
        assert one.low == one.high == most
        assert is_clique(ranks, one.selected, most)
        assert all(low <= most <= high for low, high in ends)
        assert ends == sorted(ends, key=lambda pair: (pair[0], -pair[1]))


def test_without_a_first_search_the_race_decides(random_ranks, packing_number, monkeypatch):
    """Theta, branch and cut, and searches for more points bring both ends together."""
    monkeypatch.setattr(largest, "_FIRST_EFFORT", 0)
    monkeypatch.setattr(largest, "_FIRST_SECONDS", 0.02)
    monkeypatch.setattr(largest, "_FEWEST", 2)
    monkeypatch.setattr(largest, "_MOVES", 0)
    for seed in range(3):
        ranks = random_ranks(seed, 70, 0.85)
        one, _ = solved(ranks)
        assert one.low == one.high == packing_number(ranks, 1)


def test_the_relaxation_of_an_undecided_probe_bounds(random_ranks, packing_number):
    """Its root says how many points there can be at most, whatever number is asked about."""
    for seed in range(5):
        ranks = random_ranks(seed, 60, 0.9)
        most = packing_number(ranks, 1)
        for p in range(2, most + 3):
            probe = largest.Probe(ranks, 1, p)
            assert probe.most is None
            looks = iter([False, True])
            probe.relax(lambda looks=looks: next(looks, True))
            assert probe.most is None or probe.most >= most
