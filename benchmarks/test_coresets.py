"""How do time and guarantee of core-sets grow with the number of points?"""

from __future__ import annotations

import numpy as np
import pytest
from pytest_benchmark.fixture import BenchmarkFixture

from benchmarks.questions import GROWS, group
from solvers import core_set, farthest_from_points, prepare, solve_core_set

P, BLOCK = 20, 100_000


@pytest.mark.parametrize("n", [100_000, 1_000_000, 10_000_000])
def test_core_set(benchmark: BenchmarkFixture, full: bool, n: int) -> None:
    """float32 points of three dimensions in blocks of 100,000; clique for 2 s on what is left."""
    if not full and n > 100_000:
        pytest.skip("in the full profile only")
    benchmark.group = group(GROWS, f"core-sets of points, d = 3, p = {P}")
    points = np.random.default_rng(0).random((n, 3), dtype=np.float32)
    prepare("clique")
    core_set(points[:1000], P, size=4 * P)  # compiles
    core = benchmark.pedantic(
        core_set, args=(points, P), kwargs={"size": 4 * P, "block_rows": BLOCK}, rounds=1
    )
    solution = solve_core_set(core, time_limit=2.0)
    assert solution.objective is not None
    chosen = points[farthest_from_points(points, P, start=0)]
    away = np.linalg.norm(chosen[:, None] - chosen, axis=2)
    benchmark.extra_info.update(
        objective=solution.objective,
        bound=solution.bound,
        gap=solution.gap,
        status=solution.status.value,
        kept=len(core.rows),
        radius=core.radius,
        farthest_insertion=float(away[np.triu_indices(P, k=1)].min()),
    )
