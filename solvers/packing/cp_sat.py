"""Constraint programming over cliques of points that are too near, by OR-tools' CP-SAT."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from solvers.engines import cp_sat as engine
from solvers.engines.common import CP_SAT
from solvers.engines.registration import with_version
from solvers.maxmin.cp_sat_bisection import add_cliques
from solvers.prover.conflicts import fewest_conflicts
from solvers.ranks.threshold import APART, threshold_ranks
from solvers.registration import Guarantee, solver
from solvers.run import Run

if TYPE_CHECKING:
    from ortools.sat.python import cp_model


def _load() -> None:
    engine.load()
    import solvers.kernels.clique_cover  # noqa: F401


def counting_model(
    ranks: NDArray[np.int32],
    hint: NDArray[np.intp],
    each_row: Callable[[], None] = lambda: None,
) -> tuple[cp_model.CpModel, list[cp_model.IntVar]]:
    """As many points as possible::

        maximise x_0 + ... + x_{n-1}
        at most one of x_i, i in C          every clique C of a cover of the pairs that are too near

    The cover is `solvers.kernels.clique_cover.edge_clique_cover`.

    Parameters
    ----------
    ranks : ndarray of int32, shape (n, n)
        From `threshold_ranks`.
    hint : ndarray of int
        Points to try first.
    each_row : callable
        Called before each row, so that building can be stopped by an exception.

    Returns
    -------
    model, x
    """
    from ortools.sat.python import cp_model

    model = cp_model.CpModel()
    x = [model.new_bool_var(f"x{i}") for i in range(len(ranks))]
    tried = set(hint.tolist())
    for i, variable in enumerate(x):
        model.add_hint(variable, i in tried)
    add_cliques(model, x, ranks, APART, each_row)
    model.maximize(cp_model.LinearExpr.sum(x))
    return model, x


@solver(
    "cp-sat",
    objective="packing",
    guarantee=Guarantee.EXACT,
    summary="at most one point of every clique of points too near, by OR-tools' CP-SAT",
    prepare=_load,
    engine=CP_SAT,
    shares_process=True,
    takes_start=True,
    reference="Sayyady and Fathi 2016",
)
def cp_sat(run: Run, *, workers: int | None = None, symmetry: int = engine.SYMMETRY) -> None:
    """Solve the counting model with CP-SAT, hinted with the greedy selection.

    The program of Sayyady and Fathi (European Journal of Operational Research 253(1), 2016); ours are
    cliques in place of pairs.  Repeats exactly with one thread; with more, CP-SAT interleaves its
    workers deterministically.  `workers` are as many as threads unless told otherwise; `symmetry` is
    its symmetry level, 0 to 4.  See `counting_model`.
    """
    run.message = "out of time before the model was built"
    run.report_bound(float(run.instance.n))
    ranks = threshold_ranks(run.instance)
    with run.building():
        run.report_incumbent(fewest_conflicts(ranks == 0))
        assert run.selected is not None
        model, x = counting_model(ranks, run.selected, run.check_time)
    run.check_time()

    def report_bound(value: float) -> None:
        run.report_bound(float(np.floor(value + 1e-6)), with_version(CP_SAT))

    answer = engine.maximise(run, model, x, report_bound, workers=workers, symmetry=symmetry)
    if answer.bound is not None:
        report_bound(answer.bound)
    run.message = answer.effort
