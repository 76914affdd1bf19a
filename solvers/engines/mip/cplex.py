"""CPLEX, from its Python package."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from dispersion.errors import EngineError, NotApplicableError
from solvers.engines.common import Outcome
from solvers.engines.interrupts import run_interruptibly
from solvers.engines.program import Answer, Ask, Listener, chosen, finite, point_names
from solvers.engines.registration import engine, package

if TYPE_CHECKING:
    import cplex

_LICENCE = "without a licence of yours at most 1,000 columns and 1,000 rows"
_TOO_LARGE = 1016  # number of an error
_NO_LICENCE = range(32000, 33000)  # numbers of errors


class CplexProgram:
    """A program in CPLEX."""

    def __init__(self, model: cplex.Cplex) -> None:
        self._model = model

    def solve(self, ask: Ask) -> Answer:
        """See `solvers.engines.program.Program`."""
        import cplex
        from cplex.callbacks import Context

        model = self._model
        columns = model.variables.get_indices(point_names(ask.n))
        aborter = model.use_aborter(cplex.Aborter())
        listener = Listener(ask, aborter.abort)
        self._limit(ask)
        model.set_callback(_Progress(listener, columns), Context.id.global_progress)
        try:
            run_interruptibly(model.solve, aborter.abort)
        except cplex.exceptions.CplexSolverError as error:
            raise _failure(error) from error
        listener.check()
        solution = model.solution
        outcome = self._outcome()
        best = chosen(solution.get_values(columns)) if solution.is_primal_feasible() else None
        bound = float("inf") if outcome is Outcome.INFEASIBLE else solution.MIP.get_best_objective()
        size = f"{model.variables.get_num()} columns, {model.linear_constraints.get_num()} rows"
        nodes = solution.progress.get_num_nodes_processed()
        return Answer(outcome, best, finite(bound), f"{nodes} nodes, {size}")

    def _limit(self, ask: Ask) -> None:
        import cplex

        model, options = self._model, self._model.parameters
        options.threads.set(ask.threads)
        options.randomseed.set(ask.seed % (options.randomseed.max() + 1))
        options.mip.tolerances.mipgap.set(0.0)
        options.mip.tolerances.absmipgap.set(ask.gap)
        options.preprocessing.presolve.set(int(ask.presolve))
        if ask.limit is not None:
            options.timelimit.set(ask.limit)
        start = ask.start_of(model.variables.get_names())
        if start:
            pairs = cplex.SparsePair(list(start), list(start.values()))
            model.MIP_starts.add(pairs, model.MIP_starts.effort_level.auto)

    def _outcome(self) -> Outcome:
        solution = self._model.solution
        ended, status = solution.status, solution.get_status()
        endings = {
            ended.MIP_optimal: Outcome.OPTIMAL,
            ended.optimal_tolerance: Outcome.OPTIMAL,
            ended.MIP_infeasible: Outcome.INFEASIBLE,
            ended.MIP_time_limit_feasible: Outcome.TIME_LIMIT,
            ended.MIP_time_limit_infeasible: Outcome.TIME_LIMIT,
            ended.MIP_abort_feasible: Outcome.STOPPED,
            ended.MIP_abort_infeasible: Outcome.STOPPED,
        }
        if status not in endings:
            raise EngineError(f"CPLEX ended with {solution.get_status_string()!r}")
        return endings[status]


class _Progress:
    """Hears of better solutions and bounds; CPLEX calls `invoke`, on a thread of its own."""

    def __init__(self, listener: Listener, columns: list[int]) -> None:
        self._listener, self._columns = listener, columns
        self._value: float | None = None

    def invoke(self, context: cplex.callbacks.Context) -> None:
        """Pass on what has changed."""
        info = context.info
        self._listener.bound(context.get_double_info(info.best_bound))
        if context.get_int_info(info.feasible):
            value = context.get_incumbent_objective()
            if value != self._value:
                self._value = value
                self._listener.values(context.get_incumbent(self._columns))


def _failure(error: cplex.exceptions.CplexSolverError) -> Exception:
    """What to raise for an error of CPLEX."""
    number = error.args[2] if len(error.args) > 2 else None
    if number == _TOO_LARGE or number in _NO_LICENCE:
        return NotApplicableError(f"CPLEX has no licence for this ({_LICENCE}): {error.args[0]}")
    return EngineError(f"CPLEX failed: {error.args[0]}")


@engine(
    "cplex",
    label="CPLEX",
    version=lambda: package("cplex"),
    install="pip install cplex",
    modules=("cplex",),
    licence=_LICENCE,
)
def read(path: Path) -> CplexProgram:
    """Read an LP file."""
    import cplex

    try:
        model = cplex.Cplex()
        streams = (
            model.set_log_stream,
            model.set_results_stream,
            model.set_warning_stream,
            model.set_error_stream,
        )
        for silence in streams:
            silence(None)
        model.read(str(path))
    except cplex.exceptions.CplexSolverError as error:
        raise _failure(error) from error
    return CplexProgram(model)
