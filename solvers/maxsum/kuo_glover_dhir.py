"""The compact linearisation with the bounds of a selection of p points."""

from __future__ import annotations

from typing import Any

from dispersion.instance import Instance
from solvers.engines.common import HIGHS
from solvers.engines.pyomo import EachRow
from solvers.engines.registration import DEFAULT_ENGINE
from solvers.registration import Guarantee, solver
from solvers.run import Run
from solvers.sums.linear_models import load, require_range, row_model, solve_linear_model
from solvers.sums.start import largest_sums, smallest_sums


def kuo_glover_dhir_model(instance: Instance, each_row: EachRow = lambda: None) -> Any:
    """The rows of Glover with bounds that know p.

    A chosen point adds at most the sum of its p - 1 largest distances; of one that is not chosen, the
    distances to the chosen sum to at least its p smallest.

    Source: Kuo, Glover and Dhir, "Analyzing and modeling the maximum diversity problem by zero-one
    programming", Decision Sciences 24, 1993, for the model of one variable a point; the lower bound is
    that of Glover's general form, taken over p points.  See `row_model` for the rows and the
    parameters.
    """
    n, p, distances = instance.n, instance.p, instance.distances
    least = smallest_sums(distances, min(p, n - 1))
    return row_model("kuo-glover-dhir", instance, least, largest_sums(distances, p - 1), each_row)


@solver(
    "kuo-glover-dhir",
    objective="max-sum",
    guarantee=Guarantee.EXACT,
    summary="the compact program with the bounds of p points (Kuo, Glover and Dhir)",
    prepare=load,
    by_default=False,
    model=kuo_glover_dhir_model,
    engine=HIGHS,
    model_unit=True,
    takes_start=True,
    takes_quotas=True,
    reference="Kuo, Glover and Dhir 1993",
)
def kuo_glover_dhir(run: Run, *, engine: str = DEFAULT_ENGINE, presolve: bool = False) -> None:
    """Solve the compact model by an engine's branch and cut, started from tabu search.

    See `kuo_glover_dhir_model` for the formulation and its source.

    Raises
    ------
    NotApplicableError
        The distances differ by more than nine orders of magnitude.
    """
    require_range(run)
    solve_linear_model(run, kuo_glover_dhir_model, engine, presolve)
