"""When bound and incumbent of sums of floats have met."""

from __future__ import annotations

from solvers.run import Run

TOLERANCE = 1e-9  #: relative; sums of a million distances are rounded by less


def floor_of(run: Run) -> float:
    """The largest bound that closes the bracket; minus infinity without an incumbent."""
    return -float("inf") if run.objective is None else run.objective * (1.0 + TOLERANCE)


def prove(run: Run, bound: float, *, below: float = TOLERANCE, above: float = TOLERANCE) -> bool:
    """Report a bound, and whether it closes the bracket.

    Sums of floats are rounded, so a bound that exceeds the incumbent by the share `above` at most, or
    falls short of it by `below`, is reported as equal to it.  Both are 1e-9 where the bound is
    computed here; of an engine they are its tolerance, `above` only if it says that it is done.
    """
    if run.objective is not None:
        lowest, highest = run.objective * (1.0 - below), run.objective * (1.0 + above)
        bound = run.objective if lowest <= bound <= highest else bound
    run.prove(bound)
    return run.proven()
