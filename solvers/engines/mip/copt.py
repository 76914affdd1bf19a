"""COPT of Cardinal Operations, from its Python package."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from dispersion.errors import EngineError, NotApplicableError
from solvers.engines.common import Outcome
from solvers.engines.interrupts import run_interruptibly
from solvers.engines.program import Answer, Ask, Listener, chosen, finite, point_names
from solvers.engines.registration import Ability, engine, package

if TYPE_CHECKING:
    import coptpy

_LICENCE = "without a licence of yours at most 2,000 columns and 2,000 rows"
_NO_LICENCE = 4  # number of an error


class CoptProgram:
    """A program in COPT."""

    def __init__(self, model: coptpy.Model) -> None:
        self._model = model

    def solve(self, ask: Ask) -> Answer:
        """See `solvers.engines.program.Program`."""
        import coptpy

        model, constant = self._model, coptpy.COPT
        points = [model.getVarByName(name) for name in point_names(ask.n)]
        listener = Listener(ask, model.interrupt)
        callback = _progress()(listener, points)
        try:
            self._limit(ask)
            model.setCallback(callback, constant.CBCONTEXT_INCUMBENT | constant.CBCONTEXT_MIPNODE)
            run_interruptibly(model.solve, model.interrupt)
        except coptpy.CoptError as error:
            raise _failure(error) from error
        listener.check()
        best = chosen([one.x for one in points]) if model.hasmipsol else None
        effort = f"{model.nodecnt} nodes, {model.cols} columns, {model.rows} rows"
        return Answer(self._outcome(), best, finite(model.bestbnd), effort)

    def _limit(self, ask: Ask) -> None:
        model = self._model
        options = {
            "Threads": ask.threads,
            "RelGap": 0.0,
            "AbsGap": ask.gap,
            "Presolve": -1 if ask.presolve else 0,
        }
        if ask.limit is not None:
            options["TimeLimit"] = ask.limit
        for name, value in options.items():
            model.setParam(name, value)
        columns = model.getVars().getAll()
        start = ask.start_of([one.name for one in columns])
        if start:
            model.setMipStart([columns[k] for k in start], list(start.values()))
            model.loadMipStart()

    def _outcome(self) -> Outcome:
        from coptpy import COPT

        status = self._model.status
        endings = {
            COPT.OPTIMAL: Outcome.OPTIMAL,
            COPT.INFEASIBLE: Outcome.INFEASIBLE,
            COPT.TIMEOUT: Outcome.TIME_LIMIT,
            COPT.INTERRUPTED: Outcome.STOPPED,
        }
        if status not in endings:
            raise EngineError(f"COPT ended with status {status}")
        return endings[status]


@cache
def _progress() -> type[coptpy.CallbackBase]:
    import coptpy

    class Progress(coptpy.CallbackBase):  # type: ignore[misc]
        """Hears of better solutions and bounds."""

        def __init__(self, listener: Listener, points: list[coptpy.Var]) -> None:
            super().__init__()
            self._listener, self._points = listener, points

        def callback(self) -> None:
            self._listener.bound(self.getInfo(coptpy.COPT.CbInfo.BestBnd))
            if self.where() == coptpy.COPT.CBCONTEXT_INCUMBENT:
                self._listener.values(self.getIncumbent(self._points))

    return Progress


def _failure(error: coptpy.CoptError) -> Exception:
    """What to raise for an error of COPT."""
    if error.retcode == _NO_LICENCE:
        return NotApplicableError(f"COPT has no licence for this ({_LICENCE}): {error.message}")
    return EngineError(f"COPT failed: {error.message}")


@contextmanager
def _nothing_printed() -> Iterator[None]:
    """Keep to itself what is printed meanwhile: without a licence, COPT says so at length."""
    kept = {stream: os.dup(stream) for stream in (1, 2)}
    with open(os.devnull, "w") as nowhere:
        try:
            for stream in kept:
                os.dup2(nowhere.fileno(), stream)
            yield
        finally:
            for stream, before in kept.items():
                os.dup2(before, stream)
                os.close(before)


@engine(
    "copt",
    label="COPT",
    version=lambda: package("coptpy"),
    install="pip install coptpy",
    modules=("coptpy",),
    lacks=(Ability.SEED,),
    licence=_LICENCE,
)
def read(path: Path) -> CoptProgram:
    """Read an LP file."""
    import coptpy

    try:
        silent = coptpy.EnvrConfig()
        silent.set("nobanner", "1")
        with _nothing_printed():
            model = coptpy.Envr(silent).createModel()
        model.setParam("Logging", 0)
        model.read(str(path))
    except coptpy.CoptError as error:
        raise _failure(error) from error
    return CoptProgram(model)
