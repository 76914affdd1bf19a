"""SCIP as OR-tools ships it, by way of MathOpt."""

from __future__ import annotations

import datetime
import signal
from collections.abc import Sequence
from contextlib import suppress
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from dispersion.errors import EngineError
from solvers.engines.common import Outcome
from solvers.engines.mip import highs
from solvers.engines.program import (
    Answer,
    Ask,
    Listener,
    Points,
    chosen,
    finite,
    point_names,
    read_bound,
)
from solvers.engines.registration import Ability, engine, package

if TYPE_CHECKING:
    import highspy
    from ortools.math_opt.python import mathopt

_BOUND, _DIGITS = "dualbound", 7  # a column of SCIP's log, and to what it is rounded


class ScipProgram:
    """A program in MathOpt, for SCIP.

    MathOpt of OR-tools 9.15 cannot stop SCIP 10: its interrupter and its limit on the objective fail.
    So a program is solved to its end even where `Ask.on_bound` would stop it, and Ctrl-C is left to
    SCIP's own handler.

    Parameters
    ----------
    model : mathopt.Model
        Holds it.
    names : list of str
        Of its columns.
    rows : int
        How many rows it has.
    """

    def __init__(self, model: mathopt.Model, names: list[str], rows: int) -> None:
        self._model, self._names, self._rows = model, names, rows

    def solve(self, ask: Ask) -> Answer:
        """See `solvers.engines.program.Program`."""
        from ortools.math_opt.python import mathopt

        variables = list(self._model.variables())
        hint = {variables[k]: value for k, value in ask.start_of(self._names).items()}
        hints = [mathopt.SolutionHint(variable_values=hint)] if hint else []
        listener = Listener(ask, lambda: None)
        try:
            found = mathopt.solve(
                self._model,
                mathopt.SolverType.GSCIP,
                params=_parameters(ask),
                model_params=mathopt.ModelSolveParameters(solution_hints=hints),
                msg_cb=_Log(listener).read,
            )
        except Exception as error:  # of several kinds, by where it failed
            raise EngineError(f"SCIP failed: {type(error).__name__}: {error}") from error
        listener.check()
        points = self._points(found, ask.n)
        if found.termination.limit is mathopt.Limit.INTERRUPTED:
            if points is not None:
                ask.on_points(points)
            raise KeyboardInterrupt
        bound = finite(found.termination.objective_bounds.dual_bound)
        nodes = found.solve_stats.node_count
        effort = f"{nodes} nodes, {len(self._names)} columns, {self._rows} rows"
        return Answer(_outcome(found.termination), points, bound, effort)

    def _points(self, found: mathopt.SolveResult, n: int) -> Points | None:
        if not found.has_primal_feasible_solution():
            return None
        values = found.variable_values()
        place = dict(zip(self._names, self._model.variables(), strict=True))
        return chosen([values[place[name]] for name in point_names(n)])


class _Log:
    """Reads bounds off SCIP's table, whose columns vary with its width, for want of callbacks."""

    def __init__(self, listener: Listener) -> None:
        self._listener = listener
        self._place, self._width = 0, -1

    def read(self, lines: Sequence[str]) -> None:
        """Some lines, as they come."""
        for line in lines:
            cells = [cell.strip() for cell in line.split("|")]
            if _BOUND in cells:
                self._place, self._width = cells.index(_BOUND), len(cells)
            elif len(cells) == self._width:
                with suppress(ValueError):  # a dash: there is none yet
                    self._listener.bound(read_bound(cells[self._place], _DIGITS))


def _parameters(ask: Ask) -> mathopt.SolveParameters:
    from ortools.math_opt.python import mathopt

    limit = None if ask.limit is None else datetime.timedelta(seconds=max(ask.limit, 1e-3))
    parameters = mathopt.SolveParameters(
        time_limit=limit,
        random_seed=ask.seed,
        absolute_gap_tolerance=ask.gap,
        relative_gap_tolerance=0.0,
        presolve=None if ask.presolve else mathopt.Emphasis.OFF,
    )
    # a worker leaves Ctrl-C to its parent
    heard = signal.getsignal(signal.SIGINT) is signal.default_int_handler
    parameters.gscip.bool_params["misc/catchctrlc"] = heard
    return parameters


def _outcome(termination: mathopt.Termination) -> Outcome:
    """How SCIP ended; `EngineError` if for no good reason."""
    from ortools.math_opt.python import mathopt

    reason = mathopt.TerminationReason
    if termination.reason is reason.OPTIMAL:
        return Outcome.OPTIMAL
    if termination.reason is reason.INFEASIBLE:
        return Outcome.INFEASIBLE
    if termination.limit is mathopt.Limit.TIME:
        return Outcome.TIME_LIMIT
    raise EngineError(f"SCIP ended with {termination.reason.name}: {termination.detail}")


def _proto(model: highspy.Highs) -> Any:
    """What HiGHS has read, as MathOpt takes it."""
    import highspy
    from ortools.math_opt import model_pb2

    model.ensureRowwise()
    lp, proto = model.getLp(), model_pb2.ModelProto()
    columns, rows = proto.variables, proto.linear_constraints
    columns.ids.extend(range(lp.num_col_))
    columns.lower_bounds.extend(lp.col_lower_)
    columns.upper_bounds.extend(lp.col_upper_)
    columns.integers.extend(kind == highspy.HighsVarType.kInteger for kind in lp.integrality_)
    rows.ids.extend(range(lp.num_row_))
    rows.lower_bounds.extend(lp.row_lower_)
    rows.upper_bounds.extend(lp.row_upper_)
    proto.objective.maximize = lp.sense_ == highspy.ObjSense.kMaximize
    proto.objective.offset = lp.offset_
    costs = np.array(lp.col_cost_)
    proto.objective.linear_coefficients.ids.extend(np.flatnonzero(costs).tolist())
    proto.objective.linear_coefficients.values.extend(costs[costs != 0.0].tolist())
    matrix, entries = lp.a_matrix_, proto.linear_constraint_matrix
    counts = np.diff(np.array(matrix.start_))
    entries.row_ids.extend(np.repeat(np.arange(lp.num_row_), counts).tolist())
    entries.column_ids.extend(matrix.index_)
    entries.coefficients.extend(matrix.value_)
    return proto


@cache
def _version() -> str | None:
    """That of SCIP, and in brackets that of OR-tools, which has compiled it."""
    from ortools.linear_solver import pywraplp

    told = pywraplp.Solver.CreateSolver("SCIP").SolverVersion()  # SCIP 10.0.0 [LP solver: ...]
    return f"{told.split()[1]} (OR-tools {package('ortools')})"


@engine(
    "scip",
    label="SCIP",
    version=_version,
    install="pip install ortools",
    modules=("ortools.math_opt.python.mathopt", "highspy"),
    lacks=(Ability.INCUMBENTS, Ability.THREADS),
)
def read(path: Path) -> ScipProgram:
    """Read an LP file, by way of HiGHS."""
    from ortools.math_opt.python import mathopt

    model = highs.read(path).model
    lp = model.getLp()
    return ScipProgram(mathopt.Model.from_model_proto(_proto(model)), list(lp.col_names_), lp.num_row_)
