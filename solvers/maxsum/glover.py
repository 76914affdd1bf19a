"""Glover's compact linearisation: a variable for every point."""

from __future__ import annotations

from typing import Any

import numpy as np

from dispersion.instance import Instance
from solvers.engines.common import HIGHS
from solvers.engines.pyomo import EachRow
from solvers.engines.registration import DEFAULT_ENGINE
from solvers.registration import Guarantee, solver
from solvers.run import Run
from solvers.sums.linear_models import load, require_range, row_model, solve_linear_model


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
    guarantee=Guarantee.EXACT,
    summary="a variable for every point (Glover's compact program), through Pyomo",
    prepare=load,
    by_default=False,
    model=glover_model,
    engine=HIGHS,
    model_unit=True,
    takes_start=True,
    takes_quotas=True,
    reference="Glover 1975",
)
def glover(run: Run, *, engine: str = DEFAULT_ENGINE, presolve: bool = False) -> None:
    """Solve the compact model by an engine's branch and cut, started from tabu search.

    See `glover_model` for the formulation and its source.

    Raises
    ------
    NotApplicableError
        The distances differ by more than nine orders of magnitude.
    """
    require_range(run)
    solve_linear_model(run, glover_model, engine, presolve)
