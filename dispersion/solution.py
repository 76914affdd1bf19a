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


_IN_WORDS = {
    Status.OPTIMAL: "optimal, proven",
    Status.FEASIBLE: "finished without a proof of optimality",
    Status.INFEASIBLE: "infeasible",
    Status.TIME_LIMIT: "stopped by the time limit",
    Status.INTERRUPTED: "interrupted",
    Status.SKIPPED: "skipped, as the solver does not take such an instance",
    Status.ERROR: "failed",
    Status.CONTRADICTED: "contradicted by another answer",
}
_FEW, _FIRST = 20, 10  # points that a summary shows; of more, the first


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
        For max-min a distance of the instance; for packing a number of points; for max-sum the next
        float above the bound.
    by : str
        What proved it.  For max-min and packing "degrees", "core", "colouring", "cover", "spectrum",
        "theta", "search", "branch and cut", "clusters"; for max-sum "row sums", "pairs", "matching",
        "local optimum", "tangents", "reformulation"; or the word of an engine with its version, such as
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
    engine : str or None
        The engine from outside that solved its models, with its version; `None` if all of it is ours.
    labels : tuple of str or None
        The names of `selected`, in that order, where the points of the instance have names.
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
    engine: str | None = None
    labels: tuple[str, ...] | None = None

    def summary(self) -> str:
        """A few lines for a reader: value, bound, gap, status, who proved it, time and points.

        Examples
        --------
        >>> one = Solution("clique", "max-min", "", 0, np.arange(3), 2.0, 2.0, Status.OPTIMAL, 0, 0.5)
        >>> print(one.summary())
        max-min by clique: optimal, proven
        objective  2
        bound      2, gap 0.00%, by clique
        time       0.500 s
        selected   3 points: 0 1 2
        """
        objective = "none" if self.objective is None else f"{self.objective:.6g}"
        lines = [
            f"{self.objective_name} by {self.solver}: {_IN_WORDS[self.status]}",
            f"objective  {objective}",
            f"bound      {self._bound_in_words()}",
            f"time       {self.build_seconds + self.solve_seconds:.3f} s",
            f"selected   {_abbreviated(self.selected, self.labels)}",
        ]
        return "\n".join([*lines, *([f"message    {self.message}"] if self.message else [])])

    def _bound_in_words(self) -> str:
        if self.bound is None:
            return "none"
        gap = "" if self.gap is None else f", gap {self.gap:.2%}"
        return f"{self.bound:.6g}{gap}, by {self.bound_by or self.solver}"

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


def _abbreviated(selected: NDArray[np.intp] | None, labels: tuple[str, ...] | None) -> str:
    """How many points, and which; of many the first ones."""
    if selected is None:
        return "none"
    shown = _FIRST if len(selected) > _FEW else _FEW
    some = [*map(str, selected.tolist())] if labels is None else labels
    names = (" " if labels is None else ", ").join(some[:shown])
    return f"{len(selected)} points: {names}{' ...' if shown < len(selected) else ''}"
