"""Solving a linear model of the sum by an engine."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from dispersion.instance import Instance
from solvers.engines import pyomo
from solvers.engines.common import Outcome
from solvers.engines.program import maximise, point_names
from solvers.engines.pyomo import EachRow
from solvers.engines.registration import DEFAULT_ENGINE, registry, with_version
from solvers.run import Run
from solvers.sums.scaling import unit_of
from solvers.sums.start import report_start
from solvers.sums.swaps import compile_swaps
from solvers.sums.tolerances import report_engine_bound, word_on

_WORTH = 2.0**13  # of the incumbent in a model, at most; half of it at least
_IGNORED = 2e-9  # of the largest distance, which is made 1/2 at least: HiGHS ignores less than 1e-9

Build = Callable[[Instance, EachRow], Any]


def load(*, engine: str = DEFAULT_ENGINE) -> None:
    """Import Pyomo and look for the engine, and compile what the start needs."""
    pyomo.load(engine=engine)
    compile_swaps()


def in_reach(instance: Instance, worth: float) -> tuple[Instance, float]:
    """The instance in a unit that suits HiGHS, and the power of two it is multiplied by.

    HiGHS drops coefficients below 1e-9, so the largest distance is at least 1/2; and its tolerances are
    absolute, so a selection that is `worth` something is worth 4096 at least.
    """
    _, exponent = np.frexp(worth)
    scale = max(unit_of(instance.distances), float(np.ldexp(_WORTH, -int(exponent))))
    return Instance(instance.distances * scale, instance.p, instance.name), scale


def require_range(run: Run) -> None:
    """Skip the instance if HiGHS would ignore some distances beside others in a row."""
    instance = run.instance
    some = instance.distances[instance.distances > 0.0]
    if len(some) and some.min() < _IGNORED * some.max():
        run.skip(
            f"the distances of {instance.name} reach from {some.min():.6g} to {some.max():.6g}, and "
            "HiGHS ignores coefficients that small beside others; use 'qcr' or 'glover-woolsey'."
        )


def solve_linear_model(run: Run, build: Build, engine: str, presolve: bool) -> None:
    """Start from tabu search and the row sums, build a Pyomo model, and have an engine solve it.

    Parameters
    ----------
    run : Run
        What to solve, and where incumbents and bounds go as they are found.
    build : callable
        Makes the model of an instance: with variables ``x[0..n-1]``, and the sum as its objective.
    engine : str
        Which one.
    presolve : bool
        Whether it simplifies the model first; HiGHS then finds rows to cut that take long, and does not
        look at the clock.

    Notes
    -----
    The engine gets the incumbent's x and completes it.  Its bounds hold within its tolerances (see
    `report_engine_bound`); the value is recomputed from the selection.  One thread and one seed repeat
    exactly.
    """
    if not report_start(run):
        return
    run.message = "out of time before the model was built"
    label, n = registry[engine].label, run.instance.n
    by = with_version(label)
    instance, scale = in_reach(run.instance, run.objective or 1.0)
    program = pyomo.handed_over(run, engine, lambda check: build(instance, check))
    inside = set() if run.selected is None else set(run.selected.tolist())
    start = {name: float(i in inside) for i, name in enumerate(point_names(n))}

    def report_bound(bound: float) -> None:
        report_engine_bound(run, bound / scale, by, closed=False)

    answer = maximise(
        run,
        program,
        report_bound,
        start=start,
        others=None,
        gap=1e-9 * scale * abs(run.objective or 0.0),
        presolve=presolve,
    )
    done = answer.outcome is Outcome.OPTIMAL
    run.message = answer.effort
    if np.isfinite(answer.bound):
        closed = report_engine_bound(run, answer.bound / scale, by, closed=done)
        run.message += f"; {word_on(label, closed=closed)}"
        if done and not closed:
            run.message += f"; {label} reports it solved, but its tolerances leave a larger gap"


def row_model(
    name: str,
    instance: Instance,
    least: NDArray[np.float64],
    most: NDArray[np.float64],
    each_row: EachRow,
) -> Any:
    """One continuous variable w_i for what point i adds, ``x_i sum_j d_ij x_j``.

    maximise (sum_i w_i) / 2 subject to::

        sum_i x_i = p
        w_i <= most_i x_i
        w_i <= sum_j d_ij x_j - least_i (1 - x_i)
        x binary, w >= 0

    Parameters
    ----------
    name : str
        Of the model.
    instance : Instance
        What to model.
    least, most : ndarray, shape (n,)
        Between which ``sum_j d_ij x_j`` lies if x_i is 0, and what it does not exceed if x_i is 1.
    each_row : callable
        Called before each point's rows, so that building can be stopped by an exception.

    Returns
    -------
    pyomo.environ.ConcreteModel
        With variables ``x[0..n-1]`` and ``w[0..n-1]``.
    """
    import pyomo.environ as pyo

    n, distances = instance.n, instance.distances
    model = pyo.ConcreteModel(name)
    model.x = pyo.Var(range(n), domain=pyo.Binary)
    model.w = pyo.Var(range(n), domain=pyo.NonNegativeReals)
    total = pyo.quicksum(0.5 * model.w[i] for i in range(n))
    model.value = pyo.Objective(expr=total, sense=pyo.maximize)
    model.choose = pyo.Constraint(expr=pyo.quicksum(model.x[i] for i in range(n)) == instance.p)
    model.own, model.others = pyo.ConstraintList(), pyo.ConstraintList()
    for i in range(n):
        each_row()
        row, low = distances[i].tolist(), float(least[i])
        model.own.add(model.w[i] - float(most[i]) * model.x[i] <= 0)
        reach = pyo.quicksum(row[j] * model.x[j] for j in range(n) if j != i and row[j])
        model.others.add(model.w[i] - reach - low * model.x[i] <= -low)
    return model
