"""How do time and gap grow with n?"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache

import numpy as np
import pytest

from benchmarks.questions import GROWS, group
from dispersion import Instance, Solution
from solvers import Guarantee
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
    timed_solve: Callable[..., Solution], full: bool, family: str, solver: str, n: int
) -> None:
    """One solver from small to large n, p = n / 4, with a time limit of 60 s (quick: 2 s)."""
    if not full and n not in QUICK:
        pytest.skip("in the full profile only")
    timed_solve(
        group(GROWS, f"{family}, {solver}"),
        _instance(family, n),
        solver,
        60.0 if full else 2.0,
        rounds=5 if find(solver).guarantee is Guarantee.APPROXIMATION else 1,
    )
