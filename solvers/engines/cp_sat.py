"""CP-SAT: runs within limits that report what they find."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from dispersion.errors import EngineError
from dispersion.parameters import whole
from dispersion.quotas.quota import Quotas
from solvers.engines.common import CP_SAT, Outcome
from solvers.engines.interrupts import run_interruptibly
from solvers.run import Run

if TYPE_CHECKING:
    from ortools.sat.python import cp_model

SYMMETRY = 2  #: CP-SAT's own default
MOST_WORKERS = 1000
_MOST_SECONDS = 1e9  # that CP-SAT takes for a time limit


def load() -> None:
    """Import CP-SAT."""
    from ortools.sat.python import cp_model  # noqa: F401


@dataclass(frozen=True, eq=False, slots=True)
class Answer:
    """The result of a run of CP-SAT.

    Attributes
    ----------
    outcome : Outcome
        Optimal (or feasible, where there is no objective), infeasible, or out of time.
    chosen : ndarray of int or None
        Which of the variables that were asked about are true in the best solution.
    bound : float or None
        On the objective; `None` without a solution.
    effort : str
        Branches and conflicts, for messages.
    """

    outcome: Outcome
    chosen: NDArray[np.intp] | None
    bound: float | None
    effort: str


def points_of(
    model: cp_model.CpModel, n: int, p: int, hint: NDArray[np.intp] | None = None
) -> list[cp_model.IntVar]:
    """Add a binary x for each of n points, exactly p of them true; `hint` are points to try first."""
    from ortools.sat.python import cp_model

    x = [model.new_bool_var(f"x{i}") for i in range(n)]
    model.add(cp_model.LinearExpr.sum(x) == p)
    if hint is not None:
        tried = set(hint.tolist())
        for i, variable in enumerate(x):
            model.add_hint(variable, i in tried)
    return x


def add_quotas(model: cp_model.CpModel, x: Sequence[cp_model.IntVar], quotas: Quotas) -> None:
    """Add a row for every quota."""
    from ortools.sat.python import cp_model

    for quota in quotas:
        count = cp_model.LinearExpr.sum([x[i] for i in quota.points])
        model.add_linear_constraint(count, quota.least, quota.most)


def decide(
    model: cp_model.CpModel,
    x: Sequence[cp_model.IntVar],
    seconds: float,
    threads: int,
    seed: int | None = None,
) -> Answer:
    """Look for any solution of a model without objective.

    Raises
    ------
    EngineError
        The model is invalid.
    """
    engine = _engine(seconds, threads, seed)
    # no interleave_search: without an objective, OR-tools 9.15 aborts on "fixed_search != nullptr"
    return _solved(engine, model, x)


def maximise(
    run: Run,
    model: cp_model.CpModel,
    x: Sequence[cp_model.IntVar],
    on_bound: Callable[[float], None],
    *,
    workers: int | None = None,
    symmetry: int = SYMMETRY,
) -> Answer:
    """Solve a feasible model in the time that is left.

    Every selection is reported to the run, and every bound to `on_bound`, but for the last one, which
    is in the answer.  With several workers, by default one a thread, CP-SAT interleaves them
    deterministically.  `symmetry` is how much it does about symmetries, 0 to 4.

    Raises
    ------
    EngineError
        The model is invalid, or CP-SAT calls it infeasible.
    InputError
        Workers or symmetry are out of range.
    """
    count = run.limits.threads if workers is None else whole(workers, "workers", 1, MOST_WORKERS)
    level = whole(symmetry, "symmetry", 0, 4)
    from ortools.sat.python import cp_model

    class Report(cp_model.CpSolverSolutionCallback):  # type: ignore[misc]
        def on_solution_callback(self) -> None:
            run.report_incumbent(np.flatnonzero([self.value(variable) for variable in x]))
            if run.enough():
                engine.stop_search()

    def hear(bound: float) -> None:
        on_bound(bound)
        if run.enough():
            engine.stop_search()

    engine = _engine(run.seconds_left(), count, run.limits.seed)
    engine.parameters.interleave_search = count > 1
    engine.parameters.symmetry_level = level
    engine.best_bound_callback = hear
    answer = _solved(engine, model, x, Report())
    if answer.outcome is Outcome.INFEASIBLE:
        raise EngineError(f"{CP_SAT} reported a model infeasible that has a solution")
    if answer.outcome is Outcome.TIME_LIMIT:
        run.stop_by_clock()
    return answer


def _engine(seconds: float, threads: int, seed: int | None) -> cp_model.CpSolver:
    from ortools.sat.python import cp_model

    engine = cp_model.CpSolver()
    engine.parameters.max_time_in_seconds = min(seconds, _MOST_SECONDS)
    engine.parameters.num_workers = threads
    if seed is not None:
        engine.parameters.random_seed = seed
    engine.parameters.catch_sigint_signal = False
    return engine


def _solved(
    engine: cp_model.CpSolver,
    model: cp_model.CpModel,
    x: Sequence[cp_model.IntVar],
    callback: Any = None,
) -> Answer:
    from ortools.sat.python import cp_model

    status = run_interruptibly(lambda: engine.solve(model, callback), engine.stop_search)
    if status == cp_model.MODEL_INVALID:
        raise EngineError(f"{CP_SAT} ended with {engine.status_name(status)}")
    effort = f"{engine.num_branches} branches, {engine.num_conflicts} conflicts"
    if status not in (cp_model.OPTIMAL, cp_model.FEASIBLE):  # there is no bound: it reads 0
        outcome = Outcome.INFEASIBLE if status == cp_model.INFEASIBLE else Outcome.TIME_LIMIT
        return Answer(outcome, None, None, effort)
    outcome = Outcome.OPTIMAL if status == cp_model.OPTIMAL else Outcome.TIME_LIMIT
    chosen = np.flatnonzero([engine.value(variable) for variable in x])
    return Answer(outcome, chosen, float(engine.best_objective_bound), effort)
