"""How do time and gap grow with n?"""

from __future__ import annotations

from functools import cache

import numpy as np
import pytest
from pytest_benchmark.fixture import BenchmarkFixture

from benchmarks.questions import GROWS, group
from dispersion import Instance, Solution
from solvers import Guarantee, prepare, solve
from solvers.lookup import find

SIZES = (64, 128, 256, 512, 1024, 2048, 4096)
QUICK = (64, 256, 1024)


@cache
def _instance(family: str, n: int) -> Instance:
    """A quarter of n random points: uniform in the unit square, or gaussian in 64 dimensions."""
    rng = np.random.default_rng(n)
    points = rng.random((n, 2)) if family == "plane" else rng.normal(size=(n, 64))
    return Instance.from_points(points, n // 4, name=f"{family} {n}")


@pytest.mark.parametrize("n", SIZES)
@pytest.mark.parametrize("solver", ["greedy", "tabu", "clique"])
@pytest.mark.parametrize("family", ["plane", "gaussian"])
def test_growth(
    benchmark: BenchmarkFixture,
    full: bool,
    answers: list[tuple[str, Solution]],
    family: str,
    solver: str,
    n: int,
) -> None:
    """One solver from small to large n, p = n / 4, with a time limit of 60 s (quick: 2 s)."""
    if not full and n not in QUICK:
        pytest.skip("in the full profile only")
    benchmark.group = group(GROWS, f"{family}, {solver}")
    prepare(solver)
    instance = _instance(family, n)
    limit = 60.0 if full else 2.0
    solution = benchmark.pedantic(
        solve,
        args=(instance, solver),
        kwargs={"time_limit": limit},
        rounds=5 if find(solver).guarantee is Guarantee.APPROXIMATION else 1,
    )
    benchmark.extra_info.update(
        objective=solution.objective,
        bound=solution.bound,
        gap=solution.gap,
        status=solution.status.value,
        time_limit=limit,
    )
    answers.append((group(GROWS, f"{family} {n}"), solution))
    assert solution.objective is not None
