"""Glover's compact linearisation: a variable for every point."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from dispersion.instance import Instance
from solvers.base import Kind, Run, solver
from solvers.maxmin.highs import EachRow
from solvers.maxsum.linear_models import load, require_range, solve_linear_model


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


def glover_model(instance: Instance, each_row: EachRow = lambda: None) -> Any:
    """The rows with the bounds that hold for selections of any size: 0 and the sum of all distances.

    Source: Glover, "Improved linear integer programming formulations of nonlinear integer problems",
    Management Science 22, 1975.  See `row_model` for the rows and the parameters.
    """
    sums = instance.distances.sum(axis=1)
    return row_model("glover", instance, np.zeros(instance.n), sums, each_row)


@solver(
    "glover",
    objective="max-sum",
    kind=Kind.EXACT,
    summary="a variable for every point (Glover's compact program), through Pyomo and HiGHS",
    prepare=load,
    by_default=False,
    model=glover_model,
)
def glover(run: Run) -> None:
    """Solve the compact model with HiGHS' branch and cut, started from tabu search.

    See `glover_model` for the formulation and its source.

    Raises
    ------
    NotApplicableError
        The distances differ by more than nine orders of magnitude.
    """
    require_range(run.instance)
    solve_linear_model(run, glover_model)
