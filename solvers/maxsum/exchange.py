"""Steepest-ascent exchange for the sum of distances."""

from __future__ import annotations

from solvers.base import Kind, Run, solver
from solvers.maxsum.greedy import insertion

_SLICE = 50  # swaps between two looks at the clock


def compile_swaps() -> None:
    """Compile the kernels of swaps."""
    import solvers.kernels.swaps  # noqa: F401


@solver(
    "exchange",
    objective="max-sum",
    kind=Kind.HEURISTIC,
    summary="best swap of a chosen for another point, until none improves, from the greedy start",
    prepare=compile_swaps,
)
def exchange(run: Run) -> None:
    """Swap the pair that gains most until no swap gains; carrying out a swap costs O(n).

    The 1-swap neighbourhood of Gallego, Duarte, Laguna and Marti, Computational Optimization and
    Applications 44, 2009.  Stops in a local optimum; deterministic.
    """
    climbed(run)


def climbed(run: Run) -> bool:
    """Climb from the greedy selection and report it; whether a local optimum was reached in time."""
    from solvers.kernels.swaps import local_optimum

    distances = run.instance.distances
    selected, done = insertion(distances, run.instance.p), False
    run.incumbent(selected)
    while not done and run.seconds_left() > 0.0:
        selected, done = local_optimum(distances, selected, _SLICE)
        run.incumbent(selected)
    return done
