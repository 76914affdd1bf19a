"""SCIP as PySCIPOpt ships it: with callbacks, and often newer than that of OR-tools."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from dispersion.errors import EngineError
from solvers.engines.common import Outcome
from solvers.engines.interrupts import run_interruptibly
from solvers.engines.program import Answer, Ask, Listener, chosen, finite, point_names
from solvers.engines.registration import Ability, engine, package

if TYPE_CHECKING:
    import pyscipopt


class PyscipoptProgram:
    """A program in SCIP."""

    def __init__(self, model: pyscipopt.Model) -> None:
        self._model = model
        self._columns = model.getVars()

    def solve(self, ask: Ask) -> Answer:
        """See `solvers.engines.program.Program`."""
        model, place = self._model, {one.name: one for one in self._columns}
        points = [place[name] for name in point_names(ask.n)]
        size = f"{len(self._columns)} columns, {model.getNConss()} rows"
        listener = Listener(ask, model.interruptSolve)
        self._limit(ask)
        model.includeEventhdlr(_progress()(listener, points), "progress", "better solutions and bounds")
        try:
            run_interruptibly(model.optimizeNogil, model.interruptSolve)
        except Exception as error:  # of several kinds, as SCIP's codes are turned into Python's errors
            raise EngineError(f"SCIP failed: {type(error).__name__}: {error}") from error
        listener.check()
        best = None
        if model.getNSols():
            solution = model.getBestSol()
            best = chosen([model.getSolVal(solution, one) for one in points])
        bound = finite(model.getDualbound())
        return Answer(self._outcome(), best, bound, f"{model.getNTotalNodes()} nodes, {size}")

    def _limit(self, ask: Ask) -> None:
        model = self._model
        options: dict[str, Any] = {
            "randomization/randomseedshift": ask.seed,
            "limits/gap": 0.0,
            "limits/absgap": ask.gap,
            "misc/catchctrlc": False,
        }
        if not ask.presolve:
            options["presolving/maxrounds"] = 0
        if ask.limit is not None:
            options["limits/time"] = ask.limit
        model.setParams(options)
        start = ask.start_of([one.name for one in self._columns])
        if start:
            solution = model.createPartialSol()
            for k, value in start.items():
                model.setSolVal(solution, self._columns[k], value)
            model.addSol(solution)

    def _outcome(self) -> Outcome:
        status = self._model.getStatus()
        endings = {
            "optimal": Outcome.OPTIMAL,
            "gaplimit": Outcome.OPTIMAL,
            "infeasible": Outcome.INFEASIBLE,
            "timelimit": Outcome.TIME_LIMIT,
            "userinterrupt": Outcome.STOPPED,
        }
        if status not in endings:
            raise EngineError(f"SCIP ended with {status!r}")
        return endings[status]


@cache
def _progress() -> type[pyscipopt.Eventhdlr]:
    import pyscipopt

    event = pyscipopt.SCIP_EVENTTYPE
    kinds = (event.BESTSOLFOUND, event.NODESOLVED)

    class Progress(pyscipopt.Eventhdlr):  # type: ignore[misc]
        """Hears of better solutions and bounds."""

        def __init__(self, listener: Listener, points: list[pyscipopt.Variable]) -> None:
            self._listener, self._points = listener, points

        def eventinit(self) -> None:
            for kind in kinds:
                self.model.catchEvent(kind, self)

        def eventexit(self) -> None:
            for kind in kinds:
                self.model.dropEvent(kind, self)

        def eventexec(self, event: pyscipopt.Event) -> None:
            self._listener.bound(self.model.getDualbound())
            if event.getType() == kinds[0]:
                solution = self.model.getBestSol()
                self._listener.values([self.model.getSolVal(solution, one) for one in self._points])

    return Progress


@cache
def _version() -> str | None:
    """That of the package, and in brackets that of SCIP."""
    found = package("pyscipopt")
    if found is None:
        return None
    import pyscipopt

    model = pyscipopt.Model()
    parts = model.getMajorVersion(), model.getMinorVersion(), model.getTechVersion()
    return f"{found} (SCIP {'.'.join(str(part) for part in parts)})"


@engine(
    "pyscipopt",
    label="PySCIPOpt",
    version=_version,
    install="pip install pyscipopt",
    modules=("pyscipopt",),
    lacks=(Ability.THREADS,),
)
def read(path: Path) -> PyscipoptProgram:
    """Read an LP file."""
    import pyscipopt

    model = pyscipopt.Model()
    model.hideOutput()
    model.readProblem(str(path))
    return PyscipoptProgram(model)
