"""p-dispersion: choose p of n points as far apart as possible, and prove it."""

# ruff: noqa: E402 - Ctrl-C during the imports below must end a command in one line
from dispersion.terminal.commands import start

start()

from typing import TYPE_CHECKING, Any

from dispersion.errors import (
    ContradictionError,
    DamagedError,
    DispersionError,
    EngineError,
    InputError,
    MissingExtraError,
    NotApplicableError,
    UnavailableError,
    UnknownNameError,
)
from dispersion.instance import Instance
from dispersion.library import generate, read_instance
from dispersion.metrics import distances, list_metrics
from dispersion.objectives import list_objectives
from dispersion.solution import Refutation, Solution, Status, TracePoint
from dispersion.verify import contradictions, recompute
from dispersion.version import __version__

if TYPE_CHECKING:
    from dispersion.study.reading import read_study
    from dispersion.study.run import run_study
    from dispersion.study.study import Study

__all__ = [
    "ContradictionError",
    "DamagedError",
    "DispersionError",
    "EngineError",
    "InputError",
    "Instance",
    "MissingExtraError",
    "NotApplicableError",
    "Refutation",
    "Solution",
    "Status",
    "Study",
    "TracePoint",
    "UnavailableError",
    "UnknownNameError",
    "__version__",
    "contradictions",
    "distances",
    "generate",
    "list_metrics",
    "list_objectives",
    "read_instance",
    "read_study",
    "recompute",
    "run_study",
]

_OF_STUDIES = {
    "Study": "study",
    "read_study": "reading",
    "run_study": "run",
}  # they load pandas and solvers


def __getattr__(name: str) -> Any:
    if name not in _OF_STUDIES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from importlib import import_module

    return getattr(import_module(f"dispersion.study.{_OF_STUDIES[name]}"), name)
