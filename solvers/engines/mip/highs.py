"""HiGHS, from its Python package."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from dispersion.errors import EngineError
from solvers.engines import highs
from solvers.engines.common import HIGHS
from solvers.engines.program import Answer, Ask, Listener, chosen, point_names
from solvers.engines.registration import engine, package

if TYPE_CHECKING:
    import highspy


class HighsProgram:
    """A program in HiGHS.

    Parameters
    ----------
    model : highspy.Highs
        Holds it.
    columns : ndarray of int, shape (n,), optional
        Where the points are; by default the columns are looked up by their names.
    """

    def __init__(self, model: highspy.Highs, columns: NDArray[np.intp] | None = None) -> None:
        self.model = model
        self._columns = columns

    def solve(self, ask: Ask) -> Answer:
        """See `solvers.engines.program.Program`."""
        model = self.model
        columns = self._columns
        if columns is None:
            columns = np.array([model.getColByName(name)[1] for name in point_names(ask.n)])
        self._start(ask)
        options = {
            "mip_rel_gap": 0.0,
            "mip_abs_gap": ask.gap,
            "presolve": "choose" if ask.presolve else "off",
        }
        if ask.target is not None:
            options["objective_target"] = ask.target
        highs.limit(model, ask.threads, ask.seed, **options)
        listener = Listener(ask, model.cancelSolve)
        highs.watch(model, lambda values: listener.values(values[columns]), listener.bound)
        outcome = highs.optimise(model, ask.seconds, may_be_infeasible=True)
        listener.check()
        values = highs.best_values(model)
        points = None if values is None else chosen(values[columns])
        return Answer(outcome, points, highs.dual_bound(model), highs.effort(model))

    def _start(self, ask: Ask) -> None:
        if ask.start:
            names = self.model.getLp().col_names_
            start = ask.start_of(names)
            values = np.fromiter(start.values(), dtype=np.float64)
            if len(start) == len(names):
                highs.start_from(self.model, values)
            else:
                highs.start_from(self.model, values, np.fromiter(start, dtype=np.int32))


@engine(
    "highs",
    label=HIGHS,
    version=lambda: package("highspy"),
    install="pip install highspy",
    modules=("highspy",),
)
def read(path: Path) -> HighsProgram:
    """Read an LP file."""
    import highspy

    model = highs.silent_engine()
    if model.readModel(str(path)) != highspy.HighsStatus.kOk:
        raise EngineError("HiGHS cannot read the model that Pyomo wrote")
    return HighsProgram(model)
