"""The question itself - are there p points that are pairwise apart? - put to an independent engine.

All are given nothing but the pairs: a search in plain Python (`search`), and two models built here.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from dispersion.errors import EngineError
from solvers.engines import silent_engine
from solvers.interruptible import run_interruptibly
from solvers.rechecking.arguments import Pairs, core
from solvers.rechecking.clock import Clock
from solvers.rechecking.cover import Clique, cliques_of, conflicts_of, covered
from solvers.rechecking.reply import Reply
from solvers.rechecking.search import by_search

if TYPE_CHECKING:
    import highspy


_TIGHTENING = 4  # a fourth of the time at most goes to tightening a model

Engine = Callable[[Pairs, int, Clock, int], Reply]  #: apart, p, clock, threads


def by_cp_sat(apart: Pairs, p: int, clock: Clock, threads: int) -> Reply:
    """Exactly p of the points, at most one of every clique of conflicts, by OR-tools' CP-SAT."""
    from ortools.sat.python import cp_model

    left = core(apart, p)
    if len(left) < p:
        return Reply(refuted=True)
    rows = _rows(apart, left, p, clock)
    model = cp_model.CpModel()
    x = [model.new_bool_var(f"x{v}") for v in left]
    model.add(cp_model.LinearExpr.sum(x) == p)
    for clique in rows:
        model.add_at_most_one(x[v] for v in clique.tolist())
    engine = cp_model.CpSolver()
    engine.parameters.max_time_in_seconds = min(clock.left(), 1e9)
    engine.parameters.num_workers = threads
    engine.parameters.catch_sigint_signal = False
    clock.need()
    status = run_interruptibly(lambda: engine.solve(model), engine.stop_search)
    if status in (cp_model.OPTIMAL, cp_model.FEASIBLE):
        return Reply(witness=left[[bool(engine.value(variable)) for variable in x]])
    if status not in (cp_model.INFEASIBLE, cp_model.UNKNOWN):
        raise EngineError(f"CP-SAT ended with {engine.status_name(status)}")
    return Reply(refuted=status == cp_model.INFEASIBLE)


def by_highs(apart: Pairs, p: int, clock: Clock, threads: int) -> Reply:
    """As many points as possible, p or more, at most one of every clique of conflicts, by HiGHS."""
    import highspy

    left = core(apart, p)
    n = len(left)
    if n < p:
        return Reply(refuted=True)
    columns = np.arange(n, dtype=np.int32)
    engine = silent_engine()
    engine.addVars(n, np.zeros(n), np.ones(n))
    engine.changeColsIntegrality(n, columns, np.ones(n, dtype=np.uint8))
    engine.changeColsCost(n, columns, np.ones(n))
    engine.changeObjectiveSense(highspy.ObjSense.kMaximize)
    engine.addRow(float(p), highspy.kHighsInf, n, columns, np.ones(n))
    for clique in _rows(apart, left, p, clock):
        engine.addRow(
            -highspy.kHighsInf, 1.0, len(clique), clique.astype(np.int32), np.ones(len(clique))
        )
    clock.need()
    engine.setOptionValue("time_limit", clock.left())
    engine.setOptionValue("threads", threads)
    engine.setOptionValue("objective_target", p - 0.5)
    highspy.Highs.resetGlobalScheduler(True)  # else another thread count is ignored, and worse
    engine.HandleUserInterrupt = True  # else `cancelSolve` is not heard
    run_interruptibly(engine.run, engine.cancelSolve)
    return _reply_of_highs(engine, left, p)


def _reply_of_highs(engine: highspy.Highs, left: NDArray[np.intp], p: int) -> Reply:
    import highspy

    outcome, ended = engine.getModelStatus(), highspy.HighsModelStatus
    if outcome == ended.kInfeasible:
        return Reply(refuted=True)
    if outcome not in (ended.kOptimal, ended.kObjectiveTarget, ended.kTimeLimit):
        raise EngineError(f"HiGHS ended with {engine.modelStatusToString(outcome)!r}")
    if engine.getInfo().primal_solution_status != highspy.SolutionStatus.kSolutionStatusFeasible:
        return Reply()
    chosen = left[np.asarray(engine.getSolution().col_value) > 0.5][:p]
    return Reply(witness=chosen if len(chosen) == p else None)


def _rows(apart: Pairs, left: NDArray[np.intp], p: int, clock: Clock) -> list[Clique]:
    """Cliques that hold every conflict, and for a part of the time more that tighten the model."""
    conflicts = conflicts_of(apart[np.ix_(left, left)])
    cliques = cliques_of(conflicts, clock)
    return covered(conflicts, p, cliques, clock.share(_TIGHTENING))[1]


def load(engines: Sequence[str]) -> None:
    """Import what checks need, so that no clock counts it."""
    import highspy  # noqa: F401 - the covers need it, whatever the engines

    if "cp-sat" in engines:
        from ortools.sat.python import cp_model  # noqa: F401


ENGINES: dict[str, Engine] = {"plain-search": by_search, "cp-sat": by_cp_sat, "highs": by_highs}
