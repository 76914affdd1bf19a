"""Gurobi, from its Python package."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from dispersion.errors import EngineError, NotApplicableError
from solvers.engines.common import Outcome
from solvers.engines.interrupts import run_interruptibly
from solvers.engines.program import Answer, Ask, Listener, chosen, finite, point_names
from solvers.engines.registration import engine, package

if TYPE_CHECKING:
    import gurobipy

_LICENCE = "without a licence of yours at most 2,000 columns and 2,000 rows"
_NO_LICENCE, _TOO_LARGE = 10009, 10010  # numbers of errors


def _failure(error: gurobipy.GurobiError) -> Exception:
    """What to raise for an error of Gurobi."""
    if error.errno in (_NO_LICENCE, _TOO_LARGE):
        return NotApplicableError(f"Gurobi has no licence for this ({_LICENCE}): {error}")
    return EngineError(f"Gurobi failed: {error}")


class GurobiProgram:
    """A program in Gurobi."""

    def __init__(self, model: gurobipy.Model) -> None:
        self._model = model

    def solve(self, ask: Ask) -> Answer:
        """See `solvers.engines.program.Program`."""
        import gurobipy

        model, event = self._model, gurobipy.GRB.Callback
        points = [model.getVarByName(name) for name in point_names(ask.n)]
        listener = Listener(ask, model.terminate)

        def hear(model: gurobipy.Model, where: int) -> None:
            if where == event.MIPSOL:
                listener.values(model.cbGetSolution(points))
            elif where == event.MIP:
                listener.bound(model.cbGet(event.MIP_OBJBND))

        self._limit(ask)
        try:
            run_interruptibly(lambda: model.optimize(hear), model.terminate)
        except gurobipy.GurobiError as error:
            raise _failure(error) from error
        listener.check()
        best = chosen([one.X for one in points]) if model.SolCount else None
        effort = f"{model.NodeCount:.0f} nodes, {model.NumVars} columns, {model.NumConstrs} rows"
        return Answer(self._outcome(), best, finite(model.ObjBound), effort)

    def _limit(self, ask: Ask) -> None:
        model = self._model
        options = {
            "Threads": ask.threads,
            "Seed": min(ask.seed, 2_000_000_000),
            "MIPGap": 0.0,
            "MIPGapAbs": ask.gap,
            "Presolve": -1 if ask.presolve else 0,
        }
        if ask.limit is not None:
            options["TimeLimit"] = ask.limit
        if ask.target is not None:
            options["BestObjStop"] = ask.target
        for name, value in options.items():
            model.setParam(name, value)
        columns = model.getVars()
        for k, value in ask.start_of([one.VarName for one in columns]).items():
            columns[k].Start = value

    def _outcome(self) -> Outcome:
        from gurobipy import GRB

        status = self._model.Status
        endings = {
            GRB.OPTIMAL: Outcome.OPTIMAL,
            GRB.INFEASIBLE: Outcome.INFEASIBLE,
            GRB.USER_OBJ_LIMIT: Outcome.TARGET,
            GRB.TIME_LIMIT: Outcome.TIME_LIMIT,
            GRB.INTERRUPTED: Outcome.STOPPED,
        }
        if status not in endings:
            raise EngineError(f"Gurobi ended with status {status}")
        return endings[status]


@engine(
    "gurobi",
    label="Gurobi",
    version=lambda: package("gurobipy"),
    install="pip install gurobipy",
    modules=("gurobipy",),
    licence=_LICENCE,
)
def read(path: Path) -> GurobiProgram:
    """Read an LP file."""
    import gurobipy

    try:
        silent = gurobipy.Env(params={"OutputFlag": 0})
        return GurobiProgram(gurobipy.read(str(path), env=silent))
    except gurobipy.GurobiError as error:
        raise _failure(error) from error
