"""FICO Xpress, from its Python package."""

from __future__ import annotations

import warnings
from pathlib import Path
from typing import TYPE_CHECKING

from dispersion.errors import EngineError, NotApplicableError
from solvers.engines.common import Outcome
from solvers.engines.interrupts import run_interruptibly
from solvers.engines.program import Answer, Ask, Listener, chosen, finite, point_names
from solvers.engines.registration import engine, package

if TYPE_CHECKING:
    import xpress

_LICENCE = "without a licence of yours at most 5,000 columns and rows together"
_TOO_LARGE = "?120"  # an error


class XpressProgram:
    """A program in Xpress."""

    def __init__(self, model: xpress.problem) -> None:
        self._model = model

    def solve(self, ask: Ask) -> Answer:
        """See `solvers.engines.program.Program`."""
        import xpress

        model, names = self._model, [one.name for one in self._model.getVariable()]
        place = {name: k for k, name in enumerate(names)}
        columns = [place[name] for name in point_names(ask.n)]
        listener = Listener(ask, model.interrupt)

        def hear_values(model: xpress.problem, _: object) -> None:
            values = model.getCallbackSolution()
            listener.values([values[k] for k in columns])

        def hear_bound(model: xpress.problem, _: object) -> None:
            listener.bound(model.attributes.bestbound)

        model.addIntsolCallback(hear_values, None)
        model.addMiplogCallback(hear_bound, None)
        self._limit(ask, names)
        try:
            run_interruptibly(model.optimize, model.interrupt)
        except (xpress.SolverError, xpress.InterfaceError, xpress.ModelError) as error:
            raise _failure(error) from error
        listener.check()
        found = model.attributes
        best = None
        if found.mipsols:
            values = model.getSolution()
            best = chosen([values[k] for k in columns])
        effort = f"{found.nodes} nodes, {len(names)} columns, {found.originalrows} rows"
        return Answer(self._outcome(), best, finite(found.bestbound), effort)

    def _limit(self, ask: Ask, names: list[str]) -> None:
        model, controls = self._model, self._model.controls
        controls.threads, controls.randomseed = ask.threads, ask.seed
        controls.miprelstop, controls.mipabsstop = 0.0, ask.gap
        controls.miprelcutoff = controls.mipaddcutoff = 0.0  # else its bounds lie above what it proved
        controls.callbackfrommainthread = 0  # which may be waiting for Ctrl-C
        if not ask.presolve:
            controls.presolve = 0
        if ask.limit is not None:
            controls.timelimit = ask.limit
        start = ask.start_of(names)
        if start:
            model.addMipSol(list(start.values()), list(start), "start")

    def _outcome(self) -> Outcome:
        import xpress

        found, stop = self._model.attributes, xpress.StopType
        if found.solvestatus == xpress.SolveStatus.COMPLETED:
            infeasible = found.solstatus == xpress.SolStatus.INFEASIBLE
            return Outcome.INFEASIBLE if infeasible else Outcome.OPTIMAL
        endings = {
            stop.TIMELIMIT: Outcome.TIME_LIMIT,
            stop.USER: Outcome.STOPPED,
            stop.MIPGAP: Outcome.OPTIMAL,
        }
        if found.stopstatus not in endings:
            raise EngineError(f"Xpress ended with {found.solvestatus}, {found.stopstatus}")
        return endings[found.stopstatus]


def _failure(error: Exception) -> Exception:
    """What to raise for an error of Xpress."""
    told = str(error).strip().splitlines()[0]
    if "licen" in told.lower() or _TOO_LARGE in told:
        return NotApplicableError(f"Xpress has no licence for this ({_LICENCE}): {told}")
    return EngineError(f"Xpress failed: {told}")


@engine(
    "xpress",
    label="Xpress",
    version=lambda: package("xpress"),
    install="pip install xpress",
    modules=("xpress",),
    licence=_LICENCE,
)
def read(path: Path) -> XpressProgram:
    """Read an LP file."""
    import xpress

    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", xpress.LicenseWarning)  # that it is the community's
            model = xpress.problem()
        model.setOutputEnabled(False)
        model.readProb(str(path))
    except (xpress.SolverError, xpress.InterfaceError, xpress.ModelError) as error:
        raise _failure(error) from error
    return XpressProgram(model)
