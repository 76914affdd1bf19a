"""The question itself - are there p points that are pairwise apart? - put to an independent engine.

All are given nothing but the pairs, and the quotas: a search in plain Python (`search`), and two models
built here.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from dispersion.quotas.quota import Quotas
from solvers.engines import cp_sat, highs
from solvers.engines.common import Outcome
from solvers.rechecking.cover import Clique, cliques_of, conflicts_of, covered
from solvers.rechecking.question import Clock, Pairs, Reply
from solvers.rechecking.refuters import core
from solvers.rechecking.search import by_search

_TIGHTENING = 4  # a fourth of the time at most goes to tightening a model

Engine = Callable[[Pairs, int, Clock, int, Quotas], Reply]  #: apart, p, clock, threads, quotas


def by_cp_sat(apart: Pairs, p: int, clock: Clock, threads: int, quotas: Quotas = ()) -> Reply:
    """Exactly p of the points, at most one of every clique of conflicts, by OR-tools' CP-SAT."""
    from ortools.sat.python import cp_model

    left = core(apart, p)
    if len(left) < p:
        return Reply(refuted=True)
    rows = _rows(apart, left, p, clock)
    model = cp_model.CpModel()
    x = cp_sat.points_of(model, len(left), p)
    cp_sat.add_quotas(model, x, _among(quotas, left))
    for clique in rows:
        model.add_at_most_one(x[v] for v in clique.tolist())
    clock.check_time()
    answer = cp_sat.decide(model, x, clock.left(), threads)
    witness = None if answer.chosen is None else left[answer.chosen]
    return Reply(witness, refuted=answer.outcome is Outcome.INFEASIBLE)


def by_highs(apart: Pairs, p: int, clock: Clock, threads: int, quotas: Quotas = ()) -> Reply:
    """As many points as possible, p or more, at most one of every clique of conflicts, by HiGHS."""
    left = core(apart, p)
    n = len(left)
    if n < p:
        return Reply(refuted=True)
    columns = np.arange(n, dtype=np.int32)
    engine = highs.counting_engine(n)
    engine.addRow(float(p), float(p) if quotas else np.inf, n, columns, np.ones(n))
    highs.add_quotas(engine, _among(quotas, left))
    for clique in _rows(apart, left, p, clock):
        engine.addRow(-np.inf, 1.0, len(clique), clique.astype(np.int32), np.ones(len(clique)))
    clock.check_time()
    highs.limit(engine, threads, objective_target=p - 0.5)
    if highs.optimise(engine, clock.left(), may_be_infeasible=True) is Outcome.INFEASIBLE:
        return Reply(refuted=True)
    values = highs.best_values(engine)
    chosen = left[:0] if values is None else left[values > 0.5][:p]
    return Reply(witness=chosen if len(chosen) == p else None)


def _among(quotas: Quotas, left: NDArray[np.intp]) -> Quotas:
    """The same of the points that are left, which are counted anew."""
    return tuple(
        replace(quota, points=tuple(np.flatnonzero(np.isin(left, quota.points)).tolist()))
        for quota in quotas
    )


def _rows(apart: Pairs, left: NDArray[np.intp], p: int, clock: Clock) -> list[Clique]:
    """Cliques that hold every conflict, and for a part of the time more that tighten the model."""
    conflicts = conflicts_of(apart[np.ix_(left, left)])
    cliques = cliques_of(conflicts, clock)
    return covered(conflicts, p, cliques, clock.share(_TIGHTENING))[1]


def load(engines: Sequence[str]) -> None:
    """Import what checks need, so that no clock counts it."""
    highs.load()  # the covers need it, whatever the engines
    if "cp-sat" in engines:
        cp_sat.load()


ENGINES: dict[str, Engine] = {"plain-search": by_search, "cp-sat": by_cp_sat, "highs": by_highs}
