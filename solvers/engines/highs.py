"""HiGHS: models that print nothing, run within limits, and report what they find."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cache
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from dispersion.errors import EngineError
from dispersion.quotas.quota import Quotas
from solvers.engines.common import HIGHS, Outcome
from solvers.engines.interrupts import run_interruptibly

if TYPE_CHECKING:
    import highspy

_LEAST_SECONDS = 1e-3  # a time limit of 0 would end a run before it has read its start
_SECONDS_BETWEEN_BOUNDS = 0.5

Values = NDArray[np.float64]  #: of all columns


def load() -> None:
    """Import HiGHS."""
    import highspy  # noqa: F401


@cache
def _silent() -> type[highspy.Highs]:
    import highspy

    class Silent(highspy.Highs):  # type: ignore[misc]
        """The first engine of a process prints a banner as soon as its callbacks are enabled."""

        def enableCallbacks(self) -> None:  # noqa: N802 - HiGHS calls it
            self.setOptionValue("log_to_console", False)  # without "output_flag" nothing is called back
            super().enableCallbacks()

    return Silent


def silent_engine(*, maximise: bool = False) -> highspy.Highs:
    """An empty model in a HiGHS that prints nothing; minimised unless `maximise` says otherwise."""
    import highspy

    engine = _silent()()
    if maximise:
        engine.changeObjectiveSense(highspy.ObjSense.kMaximize)
    return engine


def counting_engine(n: int) -> highspy.Highs:
    """An integer program of n binaries, the points, without rows: as many as possible are chosen."""
    engine = silent_engine(maximise=True)
    points = np.arange(n, dtype=np.int32)
    engine.addVars(n, np.zeros(n), np.ones(n))
    engine.changeColsIntegrality(n, points, np.ones(n, dtype=np.uint8))
    engine.changeColsCost(n, points, np.ones(n))
    return engine


def add_quotas(engine: highspy.Highs, quotas: Quotas) -> None:
    """Add a row for every quota to a model whose first columns are the points."""
    for quota in quotas:
        points = np.array(quota.points, dtype=np.int32)
        engine.addRow(float(quota.least), float(quota.most), len(points), points, np.ones(len(points)))


def simplex_engine(columns: int) -> highspy.Highs:
    """A linear program of columns in [0, 1], without rows, that is to be solved again and again.

    Each run of `resolve` continues from the last basis, on one thread.
    """
    engine = silent_engine()
    options = {"output_flag": False, "presolve": "off", "solver": "simplex", "parallel": "off"}
    set_options(engine, options)
    engine.addVars(columns, np.zeros(columns), np.ones(columns))
    return engine


def set_options(engine: highspy.Highs, options: Mapping[str, Any]) -> None:
    """Set options by the names that HiGHS gives them."""
    for option, value in options.items():
        engine.setOptionValue(option, value)


def limit(engine: highspy.Highs, threads: int, seed: int | None = None, **options: Any) -> None:
    """Make an engine ready to run: threads, seed, other options, and Ctrl-C."""
    import highspy

    set_options(engine, {"threads": threads, **options})
    if seed is not None:
        engine.setOptionValue("random_seed", seed)
    highspy.Highs.resetGlobalScheduler(True)  # else another thread count is ignored, and worse
    engine.HandleUserInterrupt = True  # else `cancelSolve` is not heard


def watch(
    engine: highspy.Highs,
    on_solution: Callable[[Values], None] | None = None,
    on_bound: Callable[[float], None] | None = None,
) -> None:
    """Have every better solution and every finite bound reported while an integer program is solved.

    HiGHS calls back on a thread of its own.
    """
    if on_solution is not None:
        engine.cbMipImprovingSolution += lambda event: on_solution(
            np.asarray(event.data_out.mip_solution)
        )
    if on_bound is not None:
        engine.setOptionValue("mip_min_logging_interval", _SECONDS_BETWEEN_BOUNDS)

        def hear(event: Any) -> None:
            if np.isfinite(event.data_out.mip_dual_bound):
                on_bound(float(event.data_out.mip_dual_bound))

        engine.cbMipLogging += hear


def start_from(
    engine: highspy.Highs, values: ArrayLike, columns: NDArray[np.int32] | None = None
) -> None:
    """Give the engine a solution to start from: all columns, or those named, which it completes."""
    import highspy

    if columns is not None:
        engine.setSolution(len(columns), columns, np.asarray(values, dtype=np.float64))
        return
    start = highspy.HighsSolution()
    start.col_value = np.asarray(values, dtype=np.float64).tolist()
    engine.setSolution(start)


def optimise(
    engine: highspy.Highs, seconds: float, *, linear: bool = False, may_be_infeasible: bool = False
) -> Outcome:
    """Run an engine that `limit` has made ready, for at most so many wall-clock seconds.

    Parameters
    ----------
    engine : highspy.Highs
        Holds the model.
    seconds : float
        For this run.
    linear : bool
        Whether the model is a linear program, whose clock counts all runs together.
    may_be_infeasible : bool
        Whether the model may turn out to be infeasible.

    Raises
    ------
    EngineError
        It ended in another way.
    """
    spent = engine.getRunTime() if linear else 0.0
    engine.setOptionValue("time_limit", spent + max(seconds, _LEAST_SECONDS))
    run_interruptibly(engine.run, engine.cancelSolve)
    outcome = _outcome(engine)
    answered = outcome not in (Outcome.OPTIMAL, Outcome.TARGET) or engine.getInfo().valid
    if outcome is None or not answered or (outcome is Outcome.INFEASIBLE and not may_be_infeasible):
        raise EngineError(f"{HIGHS} ended with {_status(engine)!r}")
    return outcome


def resolve(engine: highspy.Highs, seconds: float) -> bool:
    """Continue with a linear program, in this thread; returns whether it is solved.

    Raises
    ------
    EngineError
        It ended in another way than solved or out of time.
    """
    engine.setOptionValue("time_limit", engine.getRunTime() + seconds)
    engine.run()
    outcome = _outcome(engine)
    if outcome not in (Outcome.OPTIMAL, Outcome.TIME_LIMIT):
        raise EngineError(f"{HIGHS} ended a linear program with {_status(engine)!r}")
    return outcome is Outcome.OPTIMAL


def _outcome(engine: highspy.Highs) -> Outcome | None:
    """How the last run ended; `None` if in another way than those of `Outcome`."""
    import highspy

    ended = highspy.HighsModelStatus
    endings = {
        ended.kOptimal: Outcome.OPTIMAL,
        ended.kInfeasible: Outcome.INFEASIBLE,
        ended.kObjectiveTarget: Outcome.TARGET,
        ended.kTimeLimit: Outcome.TIME_LIMIT,
        ended.kInterrupt: Outcome.STOPPED,
    }
    return endings.get(engine.getModelStatus())


def _status(engine: highspy.Highs) -> str:
    return str(engine.modelStatusToString(engine.getModelStatus()))


def best_values(engine: highspy.Highs) -> Values | None:
    """The columns of the best solution of the last run; `None` if it found none."""
    import highspy

    feasible = highspy.SolutionStatus.kSolutionStatusFeasible
    if engine.getInfo().primal_solution_status != feasible:
        return None
    return np.asarray(engine.getSolution().col_value)


def dual_bound(engine: highspy.Highs) -> float:
    """The bound of the last run of an integer program to be maximised; infinite if there is none."""
    info = engine.getInfo()
    return float(info.mip_dual_bound) if info.valid else np.inf


def effort(engine: highspy.Highs) -> str:
    """The nodes of the last run and the size of the model, for messages."""
    nodes = engine.getInfo().mip_node_count
    return f"{nodes} nodes, {engine.getNumCol()} columns, {engine.getNumRow()} rows"
