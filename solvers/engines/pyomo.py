"""Models written in Pyomo, handed over to an engine within the time limit."""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

from dispersion.instance import Instance
from solvers.engines.program import Program
from solvers.engines.registration import DEFAULT_ENGINE, registry
from solvers.run import Run

EachRow = Callable[[], None]  #: called before each row of a model, to stop building by an exception


def load(*, engine: str = DEFAULT_ENGINE) -> None:
    """Import Pyomo, and look whether an engine for its models is there.

    Raises
    ------
    UnknownNameError
        There is no such engine.
    NotApplicableError
        It is not installed, or cannot be imported.
    """
    import pyomo.environ  # noqa: F401

    registry[engine].load()


def hand_over(model: Any, engine: str = DEFAULT_ENGINE) -> Program:
    """A Pyomo model in an engine, by an LP file: four times faster than Pyomo's own interface."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "model.lp"
        model.write(str(path), io_options={"symbolic_solver_labels": True})
        return registry[engine].read(path)


def add_quotas(model: Any, instance: Instance) -> None:
    """Add a row for every quota to a model with the variables ``x[0..n-1]``, and one for p points.

    A model that packs as many points as possible has none for p; a part of more points may not meet the
    quotas.
    """
    import pyomo.environ as pyo

    model.quotas = pyo.ConstraintList()
    model.quotas.add(pyo.quicksum(model.x[i] for i in range(instance.n)) <= instance.p)
    for quota in instance.quota:
        count = pyo.quicksum(model.x[i] for i in quota.points)
        if quota.least > 0:
            model.quotas.add(count >= quota.least)
        if quota.most < len(quota.points):
            model.quotas.add(count <= quota.most)


def handed_over(run: Run, engine: str, build: Callable[[EachRow], Any]) -> Program:
    """Build a Pyomo model and hand it over, within the time that is left."""
    with run.building():
        begun = run.seconds()
        model = build(run.check_time)
        if run.instance.quota:
            add_quotas(model, run.instance)
        # it takes as long, and cannot be stopped
        run.check_time(run.seconds() - begun, "handing the model over")
        program = hand_over(model, engine)
    run.check_time()
    return program
