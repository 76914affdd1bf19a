"""Solving a linear model of the sum with HiGHS."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from dispersion.errors import EngineError
from solvers.interruptible import run_interruptibly
from solvers.maxmin.highs import EachRow, handed_over, point_columns
from solvers.maxsum.bracket import prove
from solvers.maxsum.tabu import searched
from solvers.run import Run

_SHAKES = 3  # in vain, that end the search for a start
_TOLERANCE = 1e-6  # relative, of what HiGHS calls optimal


def load() -> None:
    """Import HiGHS and Pyomo, and compile what the start needs."""
    import highspy  # noqa: F401
    import pyomo.environ  # noqa: F401

    import solvers.kernels.swaps  # noqa: F401


def largest_sums(distances: NDArray[np.float64], count: int) -> NDArray[np.float64]:
    """Of each row, the sum of the `count` largest entries, shape (n,)."""
    ordered = np.sort(distances, axis=1)
    sums: NDArray[np.float64] = ordered[:, ordered.shape[1] - count :].sum(axis=1)
    return sums


def solve_linear_model(run: Run, build: Callable[[EachRow], Any]) -> None:
    """Start from tabu search and the trivial bound, build a Pyomo model, and solve it with HiGHS.

    Parameters
    ----------
    run : Run
        What to solve, and where incumbents and bounds go as they are found.
    build : callable
        Makes the model; it has the variables ``x[0..n-1]``, and its objective is the sum.

    Notes
    -----
    HiGHS gets the incumbent's x and completes it.  Its bounds are as exact as its tolerances, about a
    relative 1e-6; the value is recomputed from the selection.  One thread and one seed repeat exactly.
    """
    import highspy

    searched(run, _SHAKES)
    prove(run, trivial_bound(run.instance.distances, run.instance.p))
    run.message = "time was up before the model stood"
    if run.proven():
        run.message = "closed by the row sums"
        return
    run.need()
    engine = handed_over(run, build)
    columns = np.array(point_columns(engine, run.instance.n), dtype=np.int32)
    inside = np.zeros(run.instance.n)
    inside[run.selected] = 1.0
    engine.setSolution(len(columns), columns, inside)
    _optimise(run, engine, columns)
    info = engine.getInfo()
    if np.isfinite(info.mip_dual_bound):
        done = engine.getModelStatus() == highspy.HighsModelStatus.kOptimal
        above = _TOLERANCE if done else 0.0
        prove(run, _within(run, info.mip_dual_bound), below=_TOLERANCE, above=above)
    size = f"{engine.getNumCol()} columns, {engine.getNumRow()} rows"
    run.message = f"{info.mip_node_count} nodes, {size}"


def trivial_bound(distances: NDArray[np.float64], p: int) -> float:
    """Every chosen point adds at most half the sum of its p - 1 largest distances."""
    return float(np.sort(largest_sums(distances, p - 1))[-p:].sum() / 2.0)


def _within(run: Run, bound: float) -> float:
    return bound if run.bound is None else min(bound, run.bound)


def _optimise(run: Run, engine: Any, columns: NDArray[np.int32]) -> None:
    """Run HiGHS within the limits, reporting as it goes; an end that is none is an `EngineError`."""
    import highspy

    for option, value in {
        "time_limit": max(run.seconds_left(), 1e-3),
        "threads": run.limits.threads,
        "random_seed": run.limits.seed,
        "mip_rel_gap": 0.0,
        "mip_abs_gap": 1e-9 * abs(run.objective or 0.0),
        "mip_min_logging_interval": 0.5,
    }.items():
        engine.setOptionValue(option, value)

    def incumbent(values: Any) -> None:
        run.incumbent(np.flatnonzero(np.asarray(values)[columns] > 0.5))

    def bound(event: Any) -> None:
        if np.isfinite(event.data_out.mip_dual_bound):
            prove(run, _within(run, event.data_out.mip_dual_bound), below=_TOLERANCE, above=0.0)

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
