"""Constraint programming on distances rounded up to whole multiples of a step, by CP-SAT."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from dispersion.errors import EngineError
from solvers.base import Kind, Run, solver
from solvers.engines import cp_sat_name
from solvers.interruptible import run_interruptibly
from solvers.maxsum.bracket import prove, raised
from solvers.maxsum.scaling import scaled, scaling_error
from solvers.maxsum.start import opened

if TYPE_CHECKING:
    from ortools.sat.python import cp_model


def _load() -> None:
    from ortools.sat.python import cp_model  # noqa: F401

    import solvers.kernels.swaps  # noqa: F401


def sum_model(
    steps: NDArray[np.int64],
    p: int,
    start: NDArray[np.intp],
    each_row: Callable[[], None] = lambda: None,
) -> tuple[cp_model.CpModel, list[cp_model.IntVar]]:
    """Maximise the sum of whole numbers over the chosen pairs.

    maximise sum_{i<j} w_ij y_ij subject to::

        exactly p of x_0 .. x_{n-1}
        y_ij  =>  x_i and x_j                    every pair
        sum_j y_ij = (p - 1) x_i                 every point

    The pairs are those of Glover and Woolsey, Operations Research 22, 1974; the last rows follow from
    the first, multiplied by x_i, and tighten the relaxation.

    Parameters
    ----------
    steps : ndarray of int64, shape (n, n)
        w.
    p : int
        How many to choose.
    start : ndarray of int, shape (p,)
        A selection to hint at.
    each_row : callable
        Called before each pair's row, so that building can be stopped by an exception.
    """
    from ortools.sat.python import cp_model

    n, chosen = len(steps), set(start.tolist())
    model = cp_model.CpModel()
    x = [model.new_bool_var(f"x{i}") for i in range(n)]
    of_point: list[list[cp_model.IntVar]] = [[] for _ in range(n)]
    pairs, weights = [], []
    model.add(cp_model.LinearExpr.sum(x) == p)
    for i in range(n):
        model.add_hint(x[i], i in chosen)
        for j in range(i + 1, n):
            each_row()
            y = model.new_bool_var(f"y{i},{j}")
            model.add_implication(y, x[i])
            model.add_implication(y, x[j])
            model.add_hint(y, i in chosen and j in chosen)
            of_point[i].append(y)
            of_point[j].append(y)
            pairs.append(y)
            weights.append(int(steps[i, j]))
    for i in range(n):
        model.add(cp_model.LinearExpr.sum(of_point[i]) == (p - 1) * x[i])
    model.maximize(cp_model.LinearExpr.weighted_sum(pairs, weights))
    return model, x


@solver(
    "cp-sat",
    objective="max-sum",
    kind=Kind.EXACT,
    summary="constraint programming on whole multiples of a tiny step, by OR-tools' CP-SAT",
    prepare=_load,
    by_default=False,
)
def cp_sat(run: Run) -> None:
    """Solve the pair model with CP-SAT on whole numbers, hinted with what tabu search found.

    Distances are rounded up to multiples of a power of two, so the bound in steps bounds the true
    optimum too, and lies above it by less than a step a pair: see `scaling_error`.  Repeats exactly
    with one thread; with more, CP-SAT interleaves its workers deterministically.  Ctrl-C stops it.
    """
    from ortools.sat.python import cp_model

    instance = run.instance
    if not opened(run) or run.selected is None:
        return
    run.message = "time was up before the model stood"
    with run.building():
        steps, step = scaled(instance)
        model, x = sum_model(steps, instance.p, run.selected, each_row=run.need)
    run.need()

    class Report(cp_model.CpSolverSolutionCallback):  # type: ignore[misc]
        def on_solution_callback(self) -> None:
            run.incumbent(np.flatnonzero([self.value(variable) for variable in x]))

    def whole(value: float) -> float:
        return math.floor(value + 1e-6) * step

    def bound(value: float) -> None:
        # not closing: better by a rounding may still be found
        run.prove(raised(whole(value)), cp_sat_name())

    engine = cp_model.CpSolver()
    engine.parameters.max_time_in_seconds = min(run.seconds_left(), 1e9)
    engine.parameters.num_workers = run.limits.threads
    engine.parameters.interleave_search = run.limits.threads > 1
    engine.parameters.random_seed = run.limits.seed
    engine.parameters.catch_sigint_signal = False
    engine.best_bound_callback = bound
    status = run_interruptibly(lambda: engine.solve(model, Report()), engine.stop_search)
    if status in (cp_model.OPTIMAL, cp_model.FEASIBLE):  # otherwise the bound reads 0
        prove(run, whole(engine.best_objective_bound), cp_sat_name())
    if status in (cp_model.FEASIBLE, cp_model.UNKNOWN):
        run.stop_by_clock()  # its only limit
    error = scaling_error(instance, steps, step)
    effort = f"{engine.num_branches} branches, {engine.num_conflicts} conflicts"
    run.message = f"{effort}, rounded by less than {error:.3g}"
    if status == cp_model.OPTIMAL and not run.proven():
        run.message += "; solved, and what is open is what rounding leaves open"
    if status in (cp_model.INFEASIBLE, cp_model.MODEL_INVALID):
        raise EngineError(f"CP-SAT ended with {engine.status_name(status)} on a feasible model")
