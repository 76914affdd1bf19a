"""When bound and incumbent of sums of floats have met."""

from __future__ import annotations

from solvers.run import Run

TOLERANCE = 1e-9  #: relative: so near, bound and incumbent count as equal
_ROUNDING = 1e-12  # relative: sums of a million distances are rounded by less


def floor_of(run: Run) -> float:
    """The largest bound that closes the bracket; minus infinity without an incumbent."""
    return -float("inf") if run.objective is None else run.objective * (1.0 + TOLERANCE)


def prove(run: Run, bound: float, *, below: float = TOLERANCE, above: float = TOLERANCE) -> bool:
    """Report a bound, and whether it closes the bracket.

    Sums of floats are rounded, so a bound that exceeds the incumbent by the share `above` at most, or
    falls short of it by `below`, is reported as equal to it; any other is raised by a relative 1e-12.
    Both shares are 1e-9 where the bound is computed here; of an engine they are its tolerance, `above`
    only if it says that it is done.
    """
    value = run.objective
    if value is not None and value * (1.0 - below) <= bound <= value * (1.0 + above):
        run.prove(value)
    else:
        run.prove(bound + _ROUNDING * abs(bound))
    return run.proven()
