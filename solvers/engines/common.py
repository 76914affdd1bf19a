"""What all engines have in common: the labels of those that solvers name, and how a run of one ends."""

from __future__ import annotations

from enum import Enum, auto

HIGHS, CP_SAT = "HiGHS", "CP-SAT"


class Outcome(Enum):
    """How a run of an engine ended."""

    OPTIMAL = auto()
    INFEASIBLE = auto()
    TARGET = auto()  #: the objective reached the value that was asked for
    TIME_LIMIT = auto()
    STOPPED = auto()  #: one of our callbacks stopped it
