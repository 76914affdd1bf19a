"""When bound and incumbent of sums of floats have met."""

from __future__ import annotations

from solvers.run import Run

TOLERANCE = 1e-9  #: relative; sums of a million distances are rounded by less


def floor_of(run: Run) -> float:
    """The largest bound that closes the bracket; minus infinity without an incumbent."""
    return -float("inf") if run.objective is None else run.objective * (1.0 + TOLERANCE)


def prove(run: Run, bound: float, doubt: float = TOLERANCE) -> bool:
    """Report a bound, and whether it closes the bracket.

    Sums of floats are rounded, so a bound that exceeds the incumbent by a relative 1e-9 at most, or
    falls short of it by `doubt`, the relative accuracy of what proved it, is reported as equal to it.
    """
    if run.objective is not None and run.objective * (1.0 - doubt) <= bound <= floor_of(run):
        bound = run.objective
    run.prove(bound)
    return run.proven()
