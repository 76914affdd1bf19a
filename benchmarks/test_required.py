"""What does each peer reach, and in what time, where some points are in already?"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from pytest_benchmark.fixture import BenchmarkFixture

from benchmarks.peers import QC_SELECTOR, RDKIT, SPOPT, Peer, checked
from benchmarks.questions import PEERS, group
from dispersion import Instance, Solution
from solvers import solve

TAKEN = (3, 11)
SITES = Instance.from_points(np.random.default_rng(1).random((36, 2)), 8, name="sites", required=TAKEN)
GROUP = group(PEERS, "two points given, plane, n = 36, p = 8")


@pytest.mark.parametrize("solver", ["clique", "kuby", "greedy"])
def test_ours(timed_solve: Callable[..., Solution], full: bool, solver: str) -> None:
    """The prover, the model that spopt has, and the method that the others have."""
    timed_solve(GROUP, SITES, solver, 120.0 if full else 20.0, rounds=1 if solver == "kuby" else 5)


@pytest.mark.parametrize("peer", [SPOPT, RDKIT, QC_SELECTOR], ids=lambda peer: peer.name)
def test_peer(benchmark: BenchmarkFixture, answers: list[tuple[str, Solution]], peer: Peer) -> None:
    """By predefined facilities, firstPicks and ref_index; none beats the proven optimum."""
    benchmark.group = GROUP
    pick = peer.or_skip().ready(SITES.distances, SITES.p, 120.0, TAKEN)
    selected = benchmark.pedantic(pick, rounds=1 if peer is SPOPT else 5)
    solution = checked(SITES, peer.name, selected, benchmark.stats.stats.min)
    benchmark.extra_info.update(objective=solution.objective, promise=peer.promise)
    answers.append((GROUP, solution))
    optimum = solve(SITES).objective
    assert solution.objective is not None
    assert optimum is not None
    assert solution.objective <= optimum
