"""Models written in Pyomo, handed over to HiGHS within the time limit."""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from dispersion.errors import EngineError
from solvers.engines import highs
from solvers.run import Run

if TYPE_CHECKING:
    import highspy

EachRow = Callable[[], None]  #: called before each row of a model, to stop building by an exception


def load() -> None:
    """Import Pyomo, and HiGHS which solves its models."""
    import pyomo.environ  # noqa: F401

    highs.load()


def hand_over(model: Any) -> highspy.Highs:
    """A Pyomo model in HiGHS, by way of an LP file: four times faster than Pyomo's own interface."""
    import highspy

    engine = highs.silent_engine()
    with tempfile.TemporaryDirectory() as folder:
        path = str(Path(folder) / "model.lp")
        model.write(path, io_options={"symbolic_solver_labels": True})
        if engine.readModel(path) != highspy.HighsStatus.kOk:
            raise EngineError("HiGHS cannot read the model that Pyomo wrote")
    return engine


def handed_over(run: Run, build: Callable[[EachRow], Any]) -> highspy.Highs:
    """Build a Pyomo model and hand it over, within the time that is left."""
    with run.building():
        begun = run.seconds()
        model = build(run.check_time)
        # it takes as long, and cannot be stopped
        run.check_time(run.seconds() - begun, "handing the model over")
        engine = hand_over(model)
    run.check_time()
    return engine


def point_columns(engine: highspy.Highs, n: int) -> NDArray[np.int32]:
    """Where the columns x(0) .. x(n-1) of a model that was handed over are."""
    return np.array([engine.getColByName(f"x({i})")[1] for i in range(n)], dtype=np.int32)
