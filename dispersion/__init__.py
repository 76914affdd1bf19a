"""p-dispersion: choose p of n points as far apart as possible, and prove it."""

# ruff: noqa: E402 - Ctrl-C during the imports below must end a command in one line
from dispersion.commands import start

start()

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
    "recompute",
]
