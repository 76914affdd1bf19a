"""The linearisation of Glover and Woolsey: a variable for every pair."""

from __future__ import annotations

from typing import Any

import numpy as np

from dispersion.instance import Instance
from solvers.engines.common import HIGHS
from solvers.engines.pyomo import EachRow
from solvers.engines.registration import DEFAULT_ENGINE
from solvers.registration import Guarantee, solver
from solvers.run import Run
from solvers.sums.linear_models import load, solve_linear_model


def glover_woolsey_model(instance: Instance, each_row: EachRow = lambda: None) -> Any:
    """One continuous variable for every pair.

    maximise sum_{i<j} d_ij y_ij subject to::

        sum_i x_i = p
        y_ij <= x_i,  y_ij <= x_j            every pair
        x binary, 0 <= y <= 1

    The rows ``y_ij >= x_i + x_j - 1`` are left out: distances are not negative, so no optimum needs
    them.  Pairs at distance 0 have no variable.

    Source: Glover and Woolsey, "Converting the 0-1 polynomial programming problem to a 0-1 linear
    program", Operations Research 22, 1974; for diversity Kuo, Glover and Dhir, Decision Sciences 24,
    1993.

    Parameters
    ----------
    instance : Instance
        What to model.
    each_row : callable
        Called before each pair's rows, so that building can be stopped by an exception.

    Returns
    -------
    pyomo.environ.ConcreteModel
        With variables ``x[0..n-1]`` and ``y[i,j]``.
    """
    import pyomo.environ as pyo

    n, distances = instance.n, instance.distances
    model = pyo.ConcreteModel("glover-woolsey")
    model.x = pyo.Var(range(n), domain=pyo.Binary)
    model.y = pyo.Var(range(n), range(n), domain=pyo.UnitInterval, dense=False)  # those of the pairs
    model.choose = pyo.Constraint(expr=pyo.quicksum(model.x[i] for i in range(n)) == instance.p)
    model.both = pyo.ConstraintList()
    terms = []
    for i in range(n):
        for j in (i + 1 + np.flatnonzero(distances[i, i + 1 :])).tolist():
            each_row()
            y = model.y.add((i, j))
            terms.append(float(distances[i, j]) * y)
            model.both.add(y - model.x[i] <= 0)
            model.both.add(y - model.x[j] <= 0)
    model.value = pyo.Objective(expr=pyo.quicksum(terms), sense=pyo.maximize)
    return model


@solver(
    "glover-woolsey",
    objective="max-sum",
    guarantee=Guarantee.EXACT,
    summary="a variable for every pair (Glover and Woolsey), through Pyomo",
    prepare=load,
    by_default=False,
    model=glover_woolsey_model,
    engine=HIGHS,
    model_unit=True,
    takes_start=True,
    takes_quotas=True,
    reference="Glover and Woolsey 1974",
)
def glover_woolsey(run: Run, *, engine: str = DEFAULT_ENGINE, presolve: bool = False) -> None:
    """Solve the pair model by an engine's branch and cut, started from tabu search.

    See `glover_woolsey_model` for the formulation and its source.
    """
    solve_linear_model(run, glover_woolsey_model, engine, presolve)
