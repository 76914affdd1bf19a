"""The textbook model: Kuby's mixed-integer program with one M for all pairs."""

from __future__ import annotations

from typing import Any

from dispersion.instance import Instance
from solvers.engines.common import HIGHS
from solvers.engines.pyomo import EachRow
from solvers.engines.registration import DEFAULT_ENGINE
from solvers.ranks.rank_models import load, solve_rank_model
from solvers.ranks.window import Window, everything, in_pieces, report_window
from solvers.registration import Guarantee, solver
from solvers.run import Run


def kuby_one_m_model(n: int, p: int, pairs: Window, each_row: EachRow = lambda: None) -> Any:
    """Kuby's model as in the textbooks, on ranks.

    maximise r subject to::

        sum_i x_i = p
        r <= rank_ij + M (2 - x_i - x_j)          all pairs i < j
        x binary, 0 <= r <= M integer

    M is the largest rank, which is safe before anything is known of the optimum; every value from the
    optimal rank on is valid.

    Source: Kuby, "Programming models for facility dispersion", Geographical Analysis 19(4), 1987.
    Ours is only that ranks of the distances stand in place of the distances.

    Parameters
    ----------
    n, p : int
        How many points there are, and how many to choose.
    pairs : Window
        All pairs, from `everything`.
    each_row : callable
        Called before each pair's row, so that building can be stopped by an exception.

    Returns
    -------
    pyomo.environ.ConcreteModel
        With variables ``x[0..n-1]`` and ``r``.
    """
    import pyomo.environ as pyo

    big = pairs.high
    model = pyo.ConcreteModel("kuby-one-m")
    model.x = pyo.Var(range(n), domain=pyo.Binary)
    model.r = pyo.Var(domain=pyo.Integers, bounds=(0, big))
    model.value = pyo.Objective(expr=model.r, sense=pyo.maximize)
    model.choose = pyo.Constraint(expr=pyo.quicksum(model.x[i] for i in range(n)) == p)
    model.cap = pyo.ConstraintList()
    for i, j, rank in in_pieces(pairs.within):
        each_row()
        model.cap.add(model.r + big * model.x[i] + big * model.x[j] <= rank + 2 * big)
    return model


def _model(instance: Instance) -> Any:
    return kuby_one_m_model(instance.n, instance.p, everything(instance))


@solver(
    "kuby-one-m",
    objective="max-min",
    guarantee=Guarantee.EXACT,
    summary="Kuby's integer program with one big M, the textbook model, through Pyomo",
    prepare=load,
    by_default=False,
    model=_model,
    engine=HIGHS,
    takes_start=True,
    takes_quotas=True,
    reference="Kuby 1987",
)
def kuby_one_m(run: Run, *, engine: str = DEFAULT_ENGINE, presolve: bool = True) -> None:
    """Solve the textbook model by an engine's branch and cut, to see what strengthening is worth.

    It starts from the greedy selection and from the longest distance as its bound, and is told
    nothing else; `kuby` has the same start and the same engine, and a model that is tightened by a
    degree bound and by greedy's value.

    One thread and one seed repeat exactly.  See `kuby_one_m_model` for the formulation.
    """
    n, p = run.instance.n, run.instance.p
    pairs = report_window(run, everything)
    if not run.proven():
        solve_rank_model(
            run,
            pairs,
            lambda check: kuby_one_m_model(n, p, pairs, check),
            {"r": pairs.low},
            engine,
            presolve,
        )
