"""Solving a linear model of the sum with HiGHS."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from dispersion.errors import EngineError, NotApplicableError
from dispersion.instance import Instance
from solvers.interruptible import run_interruptibly
from solvers.maxmin.highs import EachRow, handed_over, point_columns
from solvers.maxsum.bracket import OPEN_WORD, WORD, believe
from solvers.maxsum.scaling import unit_of
from solvers.maxsum.start import opened
from solvers.run import Run

_WORTH = 2.0**13  # of the incumbent in a model, at most; half of it at least
_IGNORED = 2e-9  # of the largest distance, which is made 1/2 at least: HiGHS ignores less than 1e-9

Build = Callable[[Instance, EachRow], Any]


def load() -> None:
    """Import HiGHS and Pyomo, and compile what the start needs."""
    import highspy  # noqa: F401
    import pyomo.environ  # noqa: F401

    import solvers.kernels.swaps  # noqa: F401


def in_reach(instance: Instance, worth: float) -> tuple[Instance, float]:
    """The instance in a unit that suits HiGHS, and the power of two that did it.

    HiGHS drops coefficients below 1e-9, so the largest distance is at least 1/2; and its tolerances are
    absolute, so a selection that is `worth` something is worth 4096 at least.
    """
    _, exponent = np.frexp(worth)
    scale = max(unit_of(instance.distances), float(np.ldexp(_WORTH, -int(exponent))))
    return Instance(instance.distances * scale, instance.p, instance.name), scale


def require_range(instance: Instance) -> None:
    """`NotApplicableError` if HiGHS would ignore some distances beside others in a row."""
    some = instance.distances[instance.distances > 0.0]
    if len(some) and some.min() < _IGNORED * some.max():
        raise NotApplicableError(
            f"the distances of {instance.name} reach from {some.min():.6g} to {some.max():.6g}, and "
            "HiGHS ignores coefficients that small beside others; use 'qcr' or 'glover-woolsey'."
        )


def solve_linear_model(run: Run, build: Build) -> None:
    """Start from tabu search and the row sums, build a Pyomo model, and solve it with HiGHS.

    Parameters
    ----------
    run : Run
        What to solve, and where incumbents and bounds go as they are found.
    build : callable
        Makes the model of an instance: with variables ``x[0..n-1]``, and the sum as its objective.

    Notes
    -----
    HiGHS gets the incumbent's x and completes it.  Its bounds hold within its tolerances (`believe`);
    the value is recomputed from the selection.  One thread and one seed repeat exactly.
    """
    import highspy

    if not opened(run):
        return
    run.message = "time was up before the model stood"
    instance, scale = in_reach(run.instance, run.objective or 1.0)
    engine = handed_over(run, lambda check: build(instance, check))
    columns = np.array(point_columns(engine, run.instance.n), dtype=np.int32)
    inside = np.zeros(run.instance.n)
    inside[run.selected] = 1.0
    engine.setSolution(len(columns), columns, inside)
    _optimise(run, engine, columns, scale)
    info = engine.getInfo()
    done = engine.getModelStatus() == highspy.HighsModelStatus.kOptimal
    if engine.getModelStatus() == highspy.HighsModelStatus.kTimeLimit:
        run.stop_by_clock()
    size = f"{engine.getNumCol()} columns, {engine.getNumRow()} rows"
    run.message = f"{info.mip_node_count} nodes, {size}"
    if np.isfinite(info.mip_dual_bound):
        closed = believe(run, info.mip_dual_bound / scale, closed=done)
        run.message += f"; {WORD if closed else OPEN_WORD}"
        if done and not closed:
            run.message += "; HiGHS calls it solved, but its tolerances leave more open than that"


def _optimise(run: Run, engine: Any, columns: NDArray[np.int32], scale: float) -> None:
    """Run HiGHS within the limits, reporting as it goes; an end that is none is an `EngineError`."""
    import highspy

    for option, value in {
        "time_limit": max(run.seconds_left(), 1e-3),
        "threads": run.limits.threads,
        "random_seed": run.limits.seed,
        "mip_rel_gap": 0.0,
        "mip_abs_gap": 1e-9 * scale * abs(run.objective or 0.0),
        "mip_min_logging_interval": 0.5,
        "presolve": "off",  # it finds rows to cut that take long, and do not look at the clock
    }.items():
        engine.setOptionValue(option, value)

    def incumbent(values: Any) -> None:
        run.incumbent(np.flatnonzero(np.asarray(values)[columns] > 0.5))

    def bound(event: Any) -> None:
        if np.isfinite(event.data_out.mip_dual_bound):
            believe(run, event.data_out.mip_dual_bound / scale, closed=False)

    engine.cbMipImprovingSolution += lambda event: incumbent(event.data_out.mip_solution)
    engine.cbMipLogging += bound
    highspy.Highs.resetGlobalScheduler(True)  # else another thread count is ignored, and worse
    engine.HandleUserInterrupt = True  # else `cancelSolve` is not heard
    run_interruptibly(engine.run, engine.cancelSolve)
    outcome, ended = engine.getModelStatus(), highspy.HighsModelStatus
    if outcome not in (ended.kOptimal, ended.kTimeLimit, ended.kInterrupt):
        raise EngineError(f"HiGHS ended with {engine.modelStatusToString(outcome)!r}")
    if engine.getInfo().primal_solution_status == highspy.SolutionStatus.kSolutionStatusFeasible:
        incumbent(engine.getSolution().col_value)
