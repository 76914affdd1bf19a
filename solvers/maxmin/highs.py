"""Kuby's mixed-integer program, written in Pyomo and solved by HiGHS."""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from dispersion.errors import EngineError
from solvers.base import Kind, Run, solver
from solvers.interruptible import run_interruptibly
from solvers.maxmin.window import Window, opened

if TYPE_CHECKING:
    import highspy


def _load() -> None:
    import highspy  # noqa: F401
    import pyomo.environ  # noqa: F401

    import solvers.kernels.farthest  # noqa: F401


def kuby_model(n: int, p: int, pairs: Window, each_row: Callable[[], None] = lambda: None) -> Any:
    """Kuby's big-M model on ranks, with the tightest coefficient of every pair.

    maximise r subject to
        sum_i x_i = p
        x_i + x_j <= 1                                        pairs below the greedy value
        r <= rank_ij + (high - rank_ij) (2 - x_i - x_j)       pairs between greedy and bound
        x binary, low <= r <= high integer

    Source: Kuby, "Programming models for facility dispersion", Geographical Analysis 19(4), 1987,
    with M_ij = high - rank_ij in place of one large M.

    Parameters
    ----------
    n, p : int
        How many points there are, and how many to choose.
    pairs : Window
        The pairs to model.
    each_row : callable
        Called before each pair's row, so that building can be stopped by an exception.

    Returns
    -------
    pyomo.environ.ConcreteModel
        With variables ``x[0..n-1]`` and ``r``.
    """
    import pyomo.environ as pyo

    model = pyo.ConcreteModel("p-dispersion")
    model.x = pyo.Var(range(n), domain=pyo.Binary)
    model.r = pyo.Var(domain=pyo.Integers, bounds=(pairs.low, pairs.high))
    model.value = pyo.Objective(expr=model.r, sense=pyo.maximize)
    model.choose = pyo.Constraint(expr=pyo.quicksum(model.x[i] for i in range(n)) == p)
    model.exclude = pyo.ConstraintList()
    for i, j in pairs.below.tolist():
        each_row()
        model.exclude.add(model.x[i] + model.x[j] <= 1)
    model.cap = pyo.ConstraintList()
    for i, j, rank in pairs.within.tolist():
        each_row()
        slack = pairs.high - rank
        model.cap.add(model.r + slack * model.x[i] + slack * model.x[j] <= rank + 2 * slack)
    return model


def _hand_over(model: Any) -> highspy.Highs:
    """The model in HiGHS, by way of an LP file: four times faster than Pyomo's direct interface."""
    import highspy

    highs = highspy.Highs()
    highs.setOptionValue("log_to_console", False)
    with tempfile.TemporaryDirectory() as folder:
        path = str(Path(folder) / "model.lp")
        model.write(path, io_options={"symbolic_solver_labels": True})
        if highs.readModel(path) != highspy.HighsStatus.kOk:
            raise EngineError("HiGHS cannot read the model that Pyomo wrote")
    return highs


@solver(
    "highs",
    objective="max-min",
    kind=Kind.EXACT,
    summary="Kuby's big-M integer program (tight coefficients) through Pyomo and HiGHS",
    prepare=_load,
)
def highs(run: Run) -> None:
    """Solve Kuby's model with HiGHS' branch and cut, started from the greedy selection.

    The objective is the integer rank of the smallest selected distance, so HiGHS' tolerances cannot
    confuse two distances; the value is looked up, and recomputed from the selection.  One thread and
    one seed repeat exactly.

    See `kuby_model` for the formulation and its source.
    """
    instance = run.instance
    pairs = opened(run)
    if run.proven():
        return
    run.message = "time was up before the model stood"
    with run.building():
        model = kuby_model(instance.n, instance.p, pairs, each_row=run.need)
        run.need(run.seconds())  # handing over takes as long as building, and cannot be stopped
        engine = _hand_over(model)
    run.need()
    _optimise(engine, run, pairs)


def _optimise(engine: highspy.Highs, run: Run, pairs: Window) -> None:
    import highspy

    n, levels = run.instance.n, run.instance.levels
    columns = [engine.getColByName(f"x({i})")[1] for i in range(n)]
    objective_column = engine.getColByName("r")[1]

    def incumbent(values: Any) -> None:
        run.incumbent(np.flatnonzero(np.asarray(values)[columns] > 0.5))

    def bound(value: float) -> None:
        if np.isfinite(value):
            run.prove(float(levels[min(pairs.high, max(0, int(np.floor(value + 1e-6))))]))

    start = highspy.HighsSolution()
    values = np.zeros(engine.getNumCol())
    values[np.asarray(columns)[pairs.start]] = 1.0
    values[objective_column] = pairs.low
    start.col_value = values.tolist()
    for option, value in {
        "time_limit": run.seconds_left(),
        "threads": run.limits.threads,
        "random_seed": run.limits.seed,
        "mip_rel_gap": 0.0,
        "mip_abs_gap": 0.9,  # the objective is a whole number
        "mip_min_logging_interval": 0.5,
    }.items():
        engine.setOptionValue(option, value)
    highspy.Highs.resetGlobalScheduler(True)  # else another thread count is ignored, and worse
    engine.setSolution(start)
    engine.cbMipImprovingSolution += lambda event: incumbent(event.data_out.mip_solution)
    engine.cbMipLogging += lambda event: bound(event.data_out.mip_dual_bound)
    engine.HandleUserInterrupt = True  # else `cancelSolve` is not heard
    run_interruptibly(engine.run, engine.cancelSolve)
    info, outcome = engine.getInfo(), engine.getModelStatus()
    ended = highspy.HighsModelStatus
    if not info.valid or outcome not in (ended.kOptimal, ended.kTimeLimit, ended.kInterrupt):
        raise EngineError(f"HiGHS ended with {engine.modelStatusToString(outcome)!r}")
    if info.primal_solution_status == highspy.SolutionStatus.kSolutionStatusFeasible:
        incumbent(engine.getSolution().col_value)
    bound(info.mip_dual_bound)
    run.message = f"{info.mip_node_count} nodes, {len(pairs.below) + len(pairs.within)} pair rows"
