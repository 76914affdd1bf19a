"""What a solver found: a selection, its value, a bound, and how sure that is."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import Enum

import numpy as np
from numpy.typing import NDArray


class Status(Enum):
    """How a solve ended."""

    OPTIMAL = "optimal"  #: incumbent and bound are equal
    FEASIBLE = "feasible"  #: the method finished; it proves nothing, or only a factor
    INFEASIBLE = "infeasible"  #: no selection satisfies the instance
    TIME_LIMIT = "time_limit"  #: stopped by the clock; incumbent and bound are valid
    INTERRUPTED = "interrupted"  #: stopped by Ctrl-C; incumbent and bound are valid
    SKIPPED = "skipped"  #: in a study: the solver does not take such an instance; the message says why
    ERROR = "error"  #: the solver failed; the message says how
    CONTRADICTED = "contradicted"  #: it cannot be true: another selection is worth more than its bound


@dataclass(frozen=True, slots=True)
class TracePoint:
    """One improvement: at `seconds` since the start, incumbent and bound stood at these values."""

    seconds: float
    objective: float | None
    bound: float | None


@dataclass(frozen=True, slots=True)
class Refutation:
    """One step of a proof: no selection has a value of `value` or more.

    Attributes
    ----------
    value : float
        For max-min a distance of the instance; for max-sum the next float above the bound.
    by : str
        What proved it.  For max-min "degrees", "core", "colouring", "cover", "spectrum", "theta",
        "search", "branch and cut"; for max-sum "row sums", "pairs", "matching", "local optimum",
        "tangents", "reformulation"; or the word of an engine with its version, such as
        "HiGHS 1.16.0" or "CP-SAT 9.15.6755".
    nodes : int or None
        Nodes of the search, where there was one.
    """

    value: float
    by: str
    nodes: int | None = None


@dataclass(frozen=True, eq=False)
class Solution:
    """The result of one solve.

    Attributes
    ----------
    solver, objective_name, instance_digest, seed
        What was solved, by whom.
    selected : ndarray of int, shape (p,), sorted, or None
        The chosen points, counted from 0.
    objective : float or None
        Value of `selected`, recomputed on the instance's own matrix.
    bound : float or None
        Proven upper bound on the optimum; `None` if the method proves none.
    status : Status
        How it ended.
    build_seconds, solve_seconds : float
        Wall time to build the model, and to solve it; imports and compilation are in neither.
    trace : tuple of TracePoint
        Every improvement of incumbent or bound.
    message : str
        A remark of the solver ("" if none): a guarantee, a reason.
    refutations : tuple of Refutation
        The steps by which the bound came down; the last one carries it.  None if the bound is the
        longest distance, which needs no proof, or if the solver does not say what proves it.
    """

    solver: str
    objective_name: str
    instance_digest: str
    seed: int
    selected: NDArray[np.intp] | None
    objective: float | None
    bound: float | None
    status: Status
    build_seconds: float
    solve_seconds: float
    trace: tuple[TracePoint, ...] = field(default=(), repr=False)
    message: str = ""
    refutations: tuple[Refutation, ...] = field(default=(), repr=False)

    @property
    def bound_by(self) -> str | None:
        """What proves the bound (see `Refutation`): an argument of ours, or the word of an engine."""
        return self.refutations[-1].by if self.refutations and self.bound is not None else None

    @property
    def gap(self) -> float | None:
        """(bound - objective) / bound, in [0, 1]; 0 if both are 0; `None` without both."""
        if self.objective is None or self.bound is None:
            return None
        if self.bound == 0.0:
            return 0.0
        return (self.bound - self.objective) / self.bound
