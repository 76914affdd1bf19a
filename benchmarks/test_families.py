"""Which exact solver proves the generated instances of the literature, and how fast?"""

from __future__ import annotations

from collections.abc import Callable

import pytest

from benchmarks.questions import PROVES, group
from dispersion import Solution, generate
from solvers import Guarantee, list_solvers

EXACT = [info.name for info in list_solvers("max-min") if info.guarantee is Guarantee.EXACT]
SMALL = [("geo", 100, 10), ("gkd-b", 100, 30), ("ran", 100, 30)]
LARGE = [("geo", 250, 25), ("geo", 250, 75), ("gkd-c", 500, 50), ("geo", 500, 150), ("ran", 250, 25)]


@pytest.mark.parametrize("solver", EXACT)
@pytest.mark.parametrize(("family", "n", "p"), SMALL + LARGE)
def test_family(
    timed_solve: Callable[..., Solution], full: bool, family: str, n: int, p: int, solver: str
) -> None:
    """One exact solver on one instance, seed 0, two threads, 60 s (quick: 2 s, small ones only)."""
    if not full and (family, n, p) not in SMALL:
        pytest.skip("in the full profile only")
    asked = group(PROVES, f"family {family}, n = {n}, p = {p}")
    timed_solve(asked, generate(family, n, p, seed=0), solver, 60.0 if full else 2.0, threads=2)
