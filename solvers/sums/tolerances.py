"""When bound and incumbent of sums of floats have met."""

from __future__ import annotations

from solvers.run import Run

TOLERANCE = 1e-9  #: relative: so near, bound and incumbent count as equal
DOUBT = 1e-6  #: relative: allowed for the tolerances of a MILP engine; ample as a rule, but no proof
_ROUNDING = 1e-11  # relative: sums of a million distances are rounded by less


def word_on(label: str, *, closed: bool) -> str:
    """What a message says of the bound of an engine, by whether it closes the bracket."""
    if closed:
        return f"optimal within the tolerances of {label} ({DOUBT:g}, relative)"
    return f"the bound is that of {label}, raised by {DOUBT:g} (relative) for its tolerances"


def floor_of(run: Run) -> float:
    """The largest bound that closes the bracket; minus infinity without an incumbent."""
    return -float("inf") if run.objective is None else run.objective * (1.0 + TOLERANCE)


def report_bound(run: Run, bound: float, by: str) -> bool:
    """Report a bound that was computed here; returns whether it closes the bracket.

    Sums of floats are rounded, so a bound within a relative 1e-9 of the incumbent is reported as equal
    to it; any other is raised by a relative 1e-11.
    """
    value = run.objective
    if value is not None and value * (1.0 - TOLERANCE) <= bound <= value * (1.0 + TOLERANCE):
        run.report_bound(value, by)
    else:
        run.report_bound(raised(bound), by)
    return run.proven()


def raised(bound: float) -> float:
    """A bound on a sum, with what rounding may have taken from it."""
    return bound + _ROUNDING * abs(bound)


def report_engine_bound(run: Run, bound: float, by: str, *, closed: bool) -> bool:
    """Report the bound of a MILP engine; returns whether it closes the bracket.

    Such a bound holds within the engine's tolerances only: rows, reduced costs and whole numbers may be
    off by 1e-6 or 1e-7, large coefficients multiply that, and nothing the search leaves behind proves
    how much it took.  So an open bound is raised by `DOUBT`, and a bracket that the engine calls
    `closed`, within `DOUBT`, is closed (`word_on` is for the message).  A bound
    below the incumbent by more is reported as it is, and contradicts it.
    """
    value = run.objective
    if value is None or bound < value * (1.0 - DOUBT):
        run.report_bound(bound * (1.0 + DOUBT), by)
    elif closed and bound <= value * (1.0 + DOUBT):
        run.report_bound(value, by)
    else:
        run.report_bound(max(bound, value) * (1.0 + DOUBT), by)
    return run.proven()
