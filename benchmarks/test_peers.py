"""What does each peer reach, and in what time, on an instance small enough for all of them?"""

from __future__ import annotations

import numpy as np
import pytest
from pytest_benchmark.fixture import BenchmarkFixture

from benchmarks.peers import MAX_DIV, QC_SELECTOR, RDKIT, SPOPT, Peer, checked
from benchmarks.questions import PEERS, group
from dispersion import Instance, Solution, Status
from solvers import prepare, solve

SMALL = Instance.from_points(np.random.default_rng(0).random((64, 2)), 16, name="plane 64")
GROUP = group(PEERS, "plane, n = 64, p = 16")


def test_ours(benchmark: BenchmarkFixture, answers: list[tuple[str, Solution]]) -> None:
    """Clique, from the matrix to the proof."""
    benchmark.group = GROUP
    prepare("clique")
    solution = benchmark.pedantic(solve, args=(SMALL, "clique"), rounds=5, warmup_rounds=1)
    benchmark.extra_info.update(objective=solution.objective, status=solution.status.value)
    answers.append((GROUP, solution))
    assert solution.status is Status.OPTIMAL


@pytest.mark.parametrize("peer", [RDKIT, QC_SELECTOR, MAX_DIV, SPOPT], ids=lambda peer: peer.name)
def test_peer(
    benchmark: BenchmarkFixture, full: bool, answers: list[tuple[str, Solution]], peer: Peer
) -> None:
    """One peer; its selection is valued by us and cannot beat the proven optimum."""
    if peer is SPOPT and not full:
        pytest.skip("takes most of a minute; in the full profile only")
    benchmark.group = GROUP
    pick = peer.or_skip().ready(SMALL.distances, SMALL.p, 120.0 if peer is SPOPT else 1.0)
    selected = benchmark.pedantic(pick, rounds=1)
    solution = checked(SMALL, peer.name, selected, benchmark.stats.stats.min)
    benchmark.extra_info.update(objective=solution.objective, promise=peer.promise)
    answers.append((GROUP, solution))
    optimum = solve(SMALL, "clique").objective
    assert solution.objective is not None
    assert optimum is not None
    assert solution.objective <= optimum
