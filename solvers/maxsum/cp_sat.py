"""Constraint programming on distances rounded up to whole multiples of a step, by CP-SAT."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from solvers.engines import cp_sat as engine
from solvers.engines.common import CP_SAT, Outcome
from solvers.engines.registration import with_version
from solvers.registration import Guarantee, solver
from solvers.run import Run
from solvers.sums.scaling import scaled, scaling_error
from solvers.sums.start import report_start
from solvers.sums.swaps import compile_swaps
from solvers.sums.tolerances import raised, report_bound

if TYPE_CHECKING:
    from ortools.sat.python import cp_model


def _load() -> None:
    engine.load()
    compile_swaps()


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
    x = engine.points_of(model, n, p, hint=start)
    of_point: list[list[cp_model.IntVar]] = [[] for _ in range(n)]
    pairs, weights = [], []
    for i in range(n):
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
    guarantee=Guarantee.EXACT,
    summary="constraint programming on whole multiples of a tiny step, by OR-tools' CP-SAT",
    prepare=_load,
    by_default=False,
    engine=CP_SAT,
    takes_start=True,
    takes_quotas=True,
    reference="Glover and Woolsey 1974",
)
def cp_sat(run: Run, *, workers: int | None = None, symmetry: int = engine.SYMMETRY) -> None:
    """Solve the pair model with CP-SAT on whole numbers, hinted with what tabu search found.

    Distances are rounded up to multiples of a power of two, so the bound in steps bounds the true
    optimum too, and lies above it by less than a step a pair: see `scaling_error`.  Repeats exactly
    with one thread; with more, CP-SAT interleaves its workers deterministically.  `workers` are as many
    as threads unless told otherwise, `symmetry` is its symmetry level, 0 to 4.  Ctrl-C stops it.
    """
    instance = run.instance
    if not report_start(run) or run.selected is None:
        return
    run.message = "out of time before the model was built"
    with run.building():
        steps, step = scaled(instance)
        model, x = sum_model(steps, instance.p, run.selected, each_row=run.check_time)
        engine.add_quotas(model, x, instance.quota)
    run.check_time()

    def whole(value: float) -> float:
        return math.floor(value + 1e-6) * step

    def report_open_bound(value: float) -> None:
        # not closing: better by a rounding may still be found
        run.report_bound(raised(whole(value)), with_version(CP_SAT))

    answer = engine.maximise(run, model, x, report_open_bound, workers=workers, symmetry=symmetry)
    if answer.bound is not None:
        report_bound(run, whole(answer.bound), with_version(CP_SAT))
    error = scaling_error(instance, steps, step)
    run.message = f"{answer.effort}, rounded by less than {error:.3g}"
    if answer.outcome is Outcome.OPTIMAL and not run.proven():
        run.message += "; solved; the gap is what rounding the distances leaves"
