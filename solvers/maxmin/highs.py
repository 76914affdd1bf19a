"""HiGHS, as our solvers use it: a model of ranks in one go, or one packing after the other."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from dispersion.errors import EngineError
from solvers.engines import highs_name, silent_engine
from solvers.interruptible import run_interruptibly
from solvers.maxmin.bisection import Verdict
from solvers.maxmin.greedy import farthest_points
from solvers.maxmin.window import Window
from solvers.run import Run

if TYPE_CHECKING:
    import highspy

EachRow = Callable[[], None]  #: called before each row of a model, to stop building by an exception


def load() -> None:
    """Import HiGHS and Pyomo."""
    import highspy  # noqa: F401
    import pyomo.environ  # noqa: F401

    import solvers.kernels.farthest  # noqa: F401


def hand_over(model: Any) -> highspy.Highs:
    """A Pyomo model in HiGHS, by way of an LP file: four times faster than Pyomo's own interface."""
    import highspy

    engine = silent_engine()
    with tempfile.TemporaryDirectory() as folder:
        path = str(Path(folder) / "model.lp")
        model.write(path, io_options={"symbolic_solver_labels": True})
        if engine.readModel(path) != highspy.HighsStatus.kOk:
            raise EngineError("HiGHS cannot read the model that Pyomo wrote")
    return engine


def handed_over(run: Run, build: Callable[[EachRow], Any]) -> highspy.Highs:
    """Build a Pyomo model and hand it over, within the time that is left."""
    with run.building():
        begun = run.seconds()
        model = build(run.need)
        # it takes as long, and cannot be stopped
        run.need(run.seconds() - begun, "handing the model over")
        engine = hand_over(model)
    run.need()
    return engine


def solve_rank_model(
    run: Run,
    pairs: Window,
    build: Callable[[EachRow], Any],
    start: Mapping[str, float],
    presolve: bool = True,
) -> None:
    """Build a Pyomo model whose objective is the rank, and solve it from the greedy selection.

    Ranks are whole numbers, so no small tolerance of HiGHS confuses two distances; the value is looked
    up, and recomputed from the selection.  The bound is HiGHS' word all the same, and labelled with its
    version: 1.13.1 proved less than was attained.  One thread and one seed repeat exactly.

    Parameters
    ----------
    run : Run
        What to solve, and where incumbents and bounds go as they are found.
    pairs : Window
        Where the selection to start from, and the highest rank, are taken from.
    build : callable
        Makes the model; has the variables ``x[0..n-1]``.
    start : mapping of str to float
        What other columns of the LP file are worth at the start; 0 if not named.
    presolve : bool
        Whether HiGHS simplifies the model first.
    """
    n, levels = run.instance.n, run.instance.levels
    run.message = "time was up before the model stood"
    engine = handed_over(run, build)
    engine.setOptionValue("presolve", "on" if presolve else "off")
    columns = point_columns(engine, n)
    _start_from(engine, {**start, **{f"x({i})": 1.0 for i in pairs.start}})

    def incumbent(values: Any) -> None:
        run.incumbent(np.flatnonzero(np.asarray(values)[columns] > 0.5))

    def bound(value: float) -> None:
        if np.isfinite(value):
            rank = min(pairs.high, max(0, int(np.floor(value + 1e-6))))
            run.prove(float(levels[rank]), highs_name())

    engine.cbMipImprovingSolution += lambda event: incumbent(event.data_out.mip_solution)
    engine.cbMipLogging += lambda event: bound(event.data_out.mip_dual_bound)
    _optimise(engine, run, run.seconds_left())
    info = engine.getInfo()
    if _holds_solution(engine):
        incumbent(engine.getSolution().col_value)
    bound(info.mip_dual_bound)
    run.message = (
        f"{info.mip_node_count} nodes, {engine.getNumCol()} columns, {engine.getNumRow()} rows"
    )


def point_columns(engine: highspy.Highs, n: int) -> list[int]:
    """Where the columns x(0) .. x(n-1) of a model that was handed over are."""
    return [engine.getColByName(f"x({i})")[1] for i in range(n)]


def pack(engine: highspy.Highs, columns: list[int], run: Run, seconds: float) -> Verdict:
    """Maximise the number of points until p are packed, or it is certain that p cannot be.

    Of more than p points, the farthest ones are taken.

    Parameters
    ----------
    engine : highspy.Highs
        Holds a node packing model, to be maximised; used once.
    columns : list of int
        Where its n binaries are.
    run : Run
        What is being solved.
    seconds : float
        How long this may take.
    """
    import highspy

    p, ranks = run.instance.p, run.instance.ranks

    def refutes(bound: float) -> bool:
        return bool(np.floor(bound + 1e-6) < p)

    def look(event: Any) -> None:
        if refutes(event.data_out.mip_dual_bound):
            engine.cancelSolve()

    engine.cbMipLogging += look
    outcome = _optimise(engine, run, seconds, target=p)
    if outcome == highspy.HighsModelStatus.kInfeasible:
        return Verdict(refuted=True, by=highs_name())
    if _holds_solution(engine):
        chosen = np.flatnonzero(np.asarray(engine.getSolution().col_value)[columns] > 0.5)
        if len(chosen) >= p:
            among = ranks[np.ix_(chosen, chosen)]
            farthest = farthest_points(among, int(among.argmax()) // len(chosen), p)
            return Verdict(witness=chosen[farthest])
    return Verdict(refuted=refutes(engine.getInfo().mip_dual_bound), by=highs_name())


def _start_from(engine: highspy.Highs, values: Mapping[str, float]) -> None:
    """Give HiGHS a solution: it wants every column."""
    import highspy

    full = np.zeros(engine.getNumCol())
    for name, value in values.items():
        full[engine.getColByName(name)[1]] = value
    start = highspy.HighsSolution()
    start.col_value = full.tolist()
    engine.setSolution(start)


def _optimise(
    engine: highspy.Highs, run: Run, seconds: float, target: int | None = None
) -> highspy.HighsModelStatus:
    """Run HiGHS within the limits, or until a target; another end is an `EngineError`."""
    import highspy

    for option, value in {
        "time_limit": seconds,
        "threads": run.limits.threads,
        "random_seed": run.limits.seed,
        "mip_rel_gap": 0.0,
        "mip_abs_gap": 0.9,  # every objective of ours is a whole number
        "mip_min_logging_interval": 0.5,
    }.items():
        engine.setOptionValue(option, value)
    if target is not None:
        engine.setOptionValue("objective_target", target - 0.5)
    highspy.Highs.resetGlobalScheduler(True)  # else another thread count is ignored, and worse
    engine.HandleUserInterrupt = True  # else `cancelSolve` is not heard
    run_interruptibly(engine.run, engine.cancelSolve)
    outcome: highspy.HighsModelStatus = engine.getModelStatus()
    ended = highspy.HighsModelStatus
    stopped = outcome in (ended.kOptimal, ended.kTimeLimit, ended.kInterrupt, ended.kObjectiveTarget)
    answered = target is not None and outcome == ended.kInfeasible
    if not answered and not (stopped and engine.getInfo().valid):
        raise EngineError(f"HiGHS ended with {engine.modelStatusToString(outcome)!r}")
    if outcome == ended.kTimeLimit and target is None:
        run.stop_by_clock()
    return outcome


def _holds_solution(engine: highspy.Highs) -> bool:
    import highspy

    feasible = highspy.SolutionStatus.kSolutionStatusFeasible
    return bool(engine.getInfo().primal_solution_status == feasible)
