"""Kuby's mixed-integer program with the tightest coefficients, written in Pyomo."""

from __future__ import annotations

from typing import Any

from dispersion.instance import Instance
from solvers.engines.common import HIGHS
from solvers.engines.pyomo import EachRow
from solvers.engines.registration import DEFAULT_ENGINE
from solvers.ranks.rank_models import load, solve_rank_model
from solvers.ranks.window import Window, in_pieces, report_window, window
from solvers.registration import Guarantee, solver
from solvers.run import Run


def kuby_model(n: int, p: int, pairs: Window, each_row: EachRow = lambda: None) -> Any:
    """Kuby's big-M model on ranks, with the tightest coefficient of every pair.

    maximise r subject to::

        sum_i x_i = p
        x_i + x_j <= 1                                        pairs below the greedy value
        r <= rank_ij + (high - rank_ij) (2 - x_i - x_j)       pairs between greedy and bound
        x binary, low <= r <= high integer

    Source: Kuby, "Programming models for facility dispersion", Geographical Analysis 19(4), 1987,
    with M_ij = high - rank_ij in place of one large M.  Ranks in place of distances, the window
    low .. high, and the packing rows below it are ours; `kuby_one_m_model` does without the last two.

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

    model = pyo.ConcreteModel("kuby")
    model.x = pyo.Var(range(n), domain=pyo.Binary)
    model.r = pyo.Var(domain=pyo.Integers, bounds=(pairs.low, pairs.high))
    model.value = pyo.Objective(expr=model.r, sense=pyo.maximize)
    model.choose = pyo.Constraint(expr=pyo.quicksum(model.x[i] for i in range(n)) == p)
    model.exclude = pyo.ConstraintList()
    for i, j in in_pieces(pairs.below):
        each_row()
        model.exclude.add(model.x[i] + model.x[j] <= 1)
    model.cap = pyo.ConstraintList()
    for i, j, rank in in_pieces(pairs.within):
        each_row()
        slack = pairs.high - rank
        model.cap.add(model.r + slack * model.x[i] + slack * model.x[j] <= rank + 2 * slack)
    return model


def _model(instance: Instance) -> Any:
    return kuby_model(instance.n, instance.p, window(instance))


@solver(
    "kuby",
    objective="max-min",
    guarantee=Guarantee.EXACT,
    summary="Kuby's big-M integer program (tight coefficients), through Pyomo",
    prepare=load,
    model=_model,
    engine=HIGHS,
    takes_start=True,
    takes_quotas=True,
    reference="Kuby 1987",
)
def kuby(run: Run, *, engine: str = DEFAULT_ENGINE, presolve: bool = True) -> None:
    """Solve Kuby's model by an engine's branch and cut, started from the greedy selection.

    One thread and one seed repeat exactly.  See `kuby_model` for the formulation and its source.
    """
    n, p = run.instance.n, run.instance.p
    pairs = report_window(run)
    if not run.proven():
        solve_rank_model(
            run,
            pairs,
            lambda check: kuby_model(n, p, pairs, check),
            {"r": pairs.low},
            engine,
            presolve,
        )
