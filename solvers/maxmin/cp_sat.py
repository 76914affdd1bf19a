"""Constraint programming on ranks, by OR-tools' CP-SAT."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import numpy as np

from solvers.engines import cp_sat as engine
from solvers.engines.common import CP_SAT
from solvers.engines.registration import with_version
from solvers.ranks.window import Window, in_pieces, report_window
from solvers.registration import Guarantee, solver
from solvers.run import Run

if TYPE_CHECKING:
    from ortools.sat.python import cp_model


def _load() -> None:
    engine.load()
    import solvers.kernels.farthest  # noqa: F401


def rank_model(
    n: int, p: int, pairs: Window, each_row: Callable[[], None] = lambda: None
) -> tuple[cp_model.CpModel, list[cp_model.IntVar], cp_model.IntVar]:
    """Maximise the rank of the smallest selected distance.

    maximise r subject to::

        exactly p of x_0 .. x_{n-1}
        not (x_i and x_j)                     pairs below the greedy value
        x_i and x_j  =>  r <= rank_ij         pairs between greedy and bound

    The compact model by distinct distances of Sayah and Irnich (European Journal of Operational
    Research 256(1), 2017), with their chain of binaries replaced by one integer.

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
    model, x, r
        Hinted with the greedy selection.
    """
    from ortools.sat.python import cp_model

    model = cp_model.CpModel()
    x = engine.points_of(model, n, p, hint=pairs.start)
    r = model.new_int_var(pairs.low, pairs.high, "r")
    for i, j in in_pieces(pairs.below):
        each_row()
        model.add_bool_or(~x[i], ~x[j])
    for i, j, rank in in_pieces(pairs.within):
        each_row()
        model.add(r <= rank).only_enforce_if(x[i], x[j])
    model.maximize(r)
    model.add_hint(r, pairs.low)  # hinting only x gave a first incumbent of 0
    return model, x, r


@solver(
    "cp-sat",
    objective="max-min",
    guarantee=Guarantee.EXACT,
    summary="constraint programming on the ranks of the distances, by OR-tools' CP-SAT",
    prepare=_load,
    engine=CP_SAT,
    shares_process=True,
    takes_start=True,
    takes_quotas=True,
    reference="Sayah and Irnich 2017",
)
def cp_sat(run: Run, *, workers: int | None = None, symmetry: int = engine.SYMMETRY) -> None:
    """Solve the rank model with CP-SAT, hinted with the greedy selection.

    Repeats exactly with one thread; with more, CP-SAT interleaves its workers deterministically.
    `workers` are as many as threads unless told otherwise; `symmetry` is its symmetry level, 0 to 4.
    Ctrl-C stops it.

    See `rank_model` for the formulation and its source.
    """
    instance = run.instance
    pairs = report_window(run)
    if run.proven():
        return
    run.message = "out of time before the model was built"
    with run.building():
        model, x, _ = rank_model(instance.n, instance.p, pairs, each_row=run.check_time)
        engine.add_quotas(model, x, instance.quota)
    run.check_time()

    def report_bound(value: float) -> None:
        rank = int(np.floor(value + 1e-6))
        level = float(instance.levels[min(pairs.high, max(0, rank))])
        run.report_bound(level, with_version(CP_SAT))

    answer = engine.maximise(run, model, x, report_bound, workers=workers, symmetry=symmetry)
    if answer.bound is not None:
        report_bound(answer.bound)
    run.message = answer.effort
