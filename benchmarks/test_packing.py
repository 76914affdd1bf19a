"""How many points that are at least so far apart are found, and in what time, beside RDKit's leader?"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache

import numpy as np
import pytest
from pytest_benchmark.fixture import BenchmarkFixture

from benchmarks.peers import RDKIT_LEADER, checked
from benchmarks.questions import PEERS, group
from dispersion import Instance, Solution, Status
from solvers import pack

SIZES = {512: 0.1, 2048: 0.05, 4096: 0.02}  # points of the plane, and how far apart


@cache
def _instance(n: int) -> Instance:
    points = np.random.default_rng(0).random((n, 2))
    return Instance.from_points(points, at_least=SIZES[n], name=f"plane {n}")


def _group(instance: Instance) -> str:
    return group(PEERS, f"packing, plane, n = {instance.n}, {instance.asked}")


@pytest.mark.parametrize("solver", ["leader", "greedy", "clique", "cp-sat", "node-packing"])
@pytest.mark.parametrize("n", SIZES)
def test_ours(timed_solve: Callable[..., Solution], full: bool, n: int, solver: str) -> None:
    """From the matrix to the answer; exact solvers have 2 s, in the full profile 60."""
    if not full and (n > 512 and solver in ("cp-sat", "node-packing")):
        pytest.skip("in the full profile only")
    instance = _instance(n)
    solution = timed_solve(_group(instance), instance, solver, 60.0 if full else 2.0, "packing")
    assert solution.status in (Status.OPTIMAL, Status.FEASIBLE, Status.TIME_LIMIT)


@pytest.mark.parametrize("n", SIZES)
def test_peer(benchmark: BenchmarkFixture, answers: list[tuple[str, Solution]], n: int) -> None:
    """It takes the same points as our leader."""
    instance = _instance(n)
    benchmark.group = _group(instance)
    pick = RDKIT_LEADER.or_skip().ready(instance.distances, instance.at_least, 0.0)
    selected = benchmark.pedantic(pick, rounds=5, warmup_rounds=1)
    solution = checked(instance, RDKIT_LEADER.name, selected, benchmark.stats.stats.min)
    benchmark.extra_info.update(objective=solution.objective, promise=RDKIT_LEADER.promise)
    answers.append((benchmark.group, solution))
    ours = pack(instance, solver="leader").selected
    assert ours is not None
    assert ours.tolist() == sorted(selected.tolist())
