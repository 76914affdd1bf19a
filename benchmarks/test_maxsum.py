"""Which max-sum solver proves fastest, and which finds best?

The best known values of MDG-a are reached for where `MDPLIB_FOLDER` names a folder with the files of
MDPLIB (in any subfolder); they are not ours to pass on.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest
from pytest_benchmark.fixture import BenchmarkFixture

from benchmarks.questions import FINDS, PROVES, group
from dispersion import Instance, Solution, generate, read_instance
from solvers import Guarantee, list_solvers

SOLVERS = list_solvers("max-sum")
EXACT = [info.name for info in SOLVERS if info.guarantee is Guarantee.EXACT]
OTHERS = [info.name for info in SOLVERS if info.guarantee is not Guarantee.EXACT and not info.baseline]
SMALL = [("gkd-c", 50, 10), ("mdg-a", 30, 10)]
LARGE = [("gkd-c", 100, 10), ("gkd-c", 500, 100), ("mdg-a", 60, 15), ("ran", 100, 30)]
FOUND_SMALL = [("mdg-a", 500, 50)]
FOUND_LARGE = [("gkd-c", 500, 50), ("mdg-b", 500, 50), ("mdg-a", 2000, 200)]
BEST_KNOWN = (
    *(7833.83, 7771.66, 7759.36, 7770.24, 7755.23, 7773.71, 7771.73, 7750.88, 7770.07, 7780.35),
    *(7770.95, 7757.65, 7798.43, 7795.63, 7736.84, 7792.77, 7787.20, 7756.26, 7755.41, 7733.86),
)  #: of MDG-a, n = 500, p = 50, numbers 1 to 20, there called Type1_55: Wang, Zhou, Yin and Zhang,
#: IEEE Transactions on Systems, Man, and Cybernetics B 39, 2009, table II
ENOUGH = 0.999  # of the best known value, in 10 s


@pytest.mark.parametrize("solver", EXACT)
@pytest.mark.parametrize(("family", "n", "p"), SMALL + LARGE)
def test_proof_of_a_family(
    timed_solve: Callable[..., Solution], full: bool, family: str, n: int, p: int, solver: str
) -> None:
    """One exact solver on one instance, seed 0, 60 s (quick: 2 s, small ones only)."""
    if not full and (family, n, p) not in SMALL:
        pytest.skip("in the full profile only")
    asked = group(PROVES, f"max-sum, family {family}, n = {n}, p = {p}")
    timed_solve(asked, generate(family, n, p, seed=0), solver, 60.0 if full else 2.0, "max-sum")


@pytest.mark.parametrize("keep", [0.5, 0.25, 0.1])
def test_proof_of_a_layer(
    timed_solve: Callable[..., Solution],
    full: bool,
    vgg16_layers: dict[str, Instance],
    keep: float,
) -> None:
    """`qcr` on the last layer of 64 filters (full: of 512), 60 s (quick: 2 s)."""
    last = [layer for layer in vgg16_layers.values() if layer.n == (512 if full else 64)][-1]
    instance = last.with_p(round(keep * last.n))
    asked = group(PROVES, f"max-sum, {instance.name}, n = {instance.n}, p = {instance.p}")
    timed_solve(asked, instance, "qcr", 60.0 if full else 2.0, "max-sum")


@pytest.mark.parametrize("solver", OTHERS)
@pytest.mark.parametrize(("family", "n", "p"), FOUND_SMALL + FOUND_LARGE)
def test_value_of_a_family(
    timed_solve: Callable[..., Solution], full: bool, family: str, n: int, p: int, solver: str
) -> None:
    """One heuristic or approximation on one instance, seed 0, 10 s (quick: 2 s, the small one only)."""
    if not full and (family, n, p) not in FOUND_SMALL:
        pytest.skip("in the full profile only")
    asked = group(FINDS, f"max-sum, family {family}, n = {n}, p = {p}")
    timed_solve(asked, generate(family, n, p, seed=0), solver, 10.0 if full else 2.0, "max-sum")


def mdg_a(number: int) -> Instance:
    """A file of the user, or a skip that says what is missing."""
    folder = os.environ.get("MDPLIB_FOLDER")
    if folder is None:
        pytest.skip("MDPLIB_FOLDER is not set; it names a folder with the files of MDPLIB")
    for name in (f"MDG-a_{number}_n500_m50.txt", f"MDG-a_{number:02}_n500_m50.txt"):
        for path in sorted(Path(folder).rglob(name)):
            return read_instance(path, 50)
    pytest.skip(f"MDPLIB_FOLDER, which is {folder!r}, holds no MDG-a_{number}_n500_m50.txt")


@pytest.mark.parametrize("solver", ["tabu", "obma"])
@pytest.mark.parametrize("number", range(1, len(BEST_KNOWN) + 1))
def test_best_known_value_of_mdg_a(
    benchmark: BenchmarkFixture, timed_solve: Callable[..., Solution], number: int, solver: str
) -> None:
    """Within 0.1 % in 10 s, in any profile."""
    instance, best = mdg_a(number), BEST_KNOWN[number - 1]
    asked = group(FINDS, f"max-sum, {instance.name}, best known {best}")
    solution = timed_solve(asked, instance, solver, 10.0, "max-sum")
    benchmark.extra_info.update(best_known=best)
    assert solution.objective is not None
    assert solution.objective >= ENOUGH * best
