"""Constraint programming on ranks, by OR-tools' CP-SAT."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import numpy as np

from dispersion.errors import EngineError
from solvers.base import Kind, Run, solver
from solvers.engines import cp_sat_name
from solvers.interruptible import run_interruptibly
from solvers.maxmin.window import Window, in_pieces, opened

if TYPE_CHECKING:
    from ortools.sat.python import cp_model


def _load() -> None:
    from ortools.sat.python import cp_model  # noqa: F401

    import solvers.kernels.farthest  # noqa: F401


def rank_model(
    n: int, p: int, pairs: Window, each_row: Callable[[], None] = lambda: None
) -> tuple[cp_model.CpModel, list[cp_model.IntVar], cp_model.IntVar]:
    """Maximise the rank of the smallest selected distance.

    maximise r subject to::

        exactly p of x_0 .. x_{n-1}
        not (x_i and x_j)                     pairs below the greedy value
        x_i and x_j  =>  r <= rank_ij         pairs between greedy and bound

    The compact model by distinct distances of Sayah and Irnich (European Journal of Operational
    Research 256(1), 2017), with their chain of binaries replaced by one integer.

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
    model, x, r
        Hinted with the greedy selection.
    """
    from ortools.sat.python import cp_model

    model = cp_model.CpModel()
    x = [model.new_bool_var(f"x{i}") for i in range(n)]
    r = model.new_int_var(pairs.low, pairs.high, "r")
    model.add(cp_model.LinearExpr.sum(x) == p)
    for i, j in in_pieces(pairs.below):
        each_row()
        model.add_bool_or(~x[i], ~x[j])
    for i, j, rank in in_pieces(pairs.within):
        each_row()
        model.add(r <= rank).only_enforce_if(x[i], x[j])
    model.maximize(r)
    chosen = set(pairs.start.tolist())
    for i in range(n):
        model.add_hint(x[i], i in chosen)
    model.add_hint(r, pairs.low)  # hinting only x gave a first incumbent of 0
    return model, x, r


@solver(
    "cp-sat",
    objective="max-min",
    kind=Kind.EXACT,
    summary="constraint programming on the ranks of the distances, by OR-tools' CP-SAT",
    prepare=_load,
)
def cp_sat(run: Run) -> None:
    """Solve the rank model with CP-SAT, hinted with the greedy selection.

    Repeats exactly with one thread; with more, CP-SAT interleaves its workers deterministically.
    Ctrl-C stops it.

    See `rank_model` for the formulation and its source.
    """
    from ortools.sat.python import cp_model

    instance = run.instance
    pairs = opened(run)
    if run.proven():
        return
    run.message = "time was up before the model stood"
    with run.building():
        model, x, _ = rank_model(instance.n, instance.p, pairs, each_row=run.need)
    run.need()

    class Report(cp_model.CpSolverSolutionCallback):  # type: ignore[misc]
        def on_solution_callback(self) -> None:
            run.incumbent(np.flatnonzero([self.value(variable) for variable in x]))

    def bound(value: float) -> None:
        rank = int(np.floor(value + 1e-6))
        run.prove(float(instance.levels[min(pairs.high, max(0, rank))]), cp_sat_name())

    engine = cp_model.CpSolver()
    engine.parameters.max_time_in_seconds = min(run.seconds_left(), 1e9)
    engine.parameters.num_workers = run.limits.threads
    engine.parameters.interleave_search = run.limits.threads > 1
    engine.parameters.random_seed = run.limits.seed
    engine.best_bound_callback = bound
    engine.parameters.catch_sigint_signal = False
    status = run_interruptibly(lambda: engine.solve(model, Report()), engine.stop_search)
    if status in (cp_model.OPTIMAL, cp_model.FEASIBLE):  # otherwise the bound reads 0
        bound(engine.best_objective_bound)
    if status in (cp_model.FEASIBLE, cp_model.UNKNOWN):
        run.stop_by_clock()  # its only limit
    run.message = f"{engine.num_branches} branches, {engine.num_conflicts} conflicts"
    if status in (cp_model.INFEASIBLE, cp_model.MODEL_INVALID):
        raise EngineError(f"CP-SAT ended with {engine.status_name(status)} on a feasible model")
