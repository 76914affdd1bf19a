"""What all engines have in common: names, versions, and how a run of one ends."""

from __future__ import annotations

from enum import Enum, auto
from functools import cache

HIGHS, CP_SAT = "HiGHS", "CP-SAT"
_DISTRIBUTIONS = {HIGHS: "highspy", CP_SAT: "ortools"}  # the Python packages that hold them


class Outcome(Enum):
    """How a run of an engine ended."""

    OPTIMAL = auto()
    INFEASIBLE = auto()
    TARGET = auto()  #: the objective reached the value that was asked for
    TIME_LIMIT = auto()
    STOPPED = auto()  #: one of our callbacks stopped it


@cache
def with_version(engine: str) -> str:
    """The name of an engine with its version, such as "HiGHS 1.16.0": the label of its bounds."""
    from importlib.metadata import version

    return f"{engine} {version(_DISTRIBUTIONS[engine])}"


def engine_of(by: str) -> str | None:
    """The engine that a label of a bound names; `None` for an argument of our own."""
    return next((engine for engine in _DISTRIBUTIONS if by.startswith(engine)), None)
