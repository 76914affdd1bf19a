"""Where a solve stands: incumbent, bound, their history, and the clock."""

from __future__ import annotations

import time

import numpy as np
from numpy.typing import NDArray

from dispersion.errors import ContradictionError
from dispersion.solution import Refutation, TracePoint
from solvers.points.certificate import BY, ClusterRefutation
from solvers.points.point_set import PointSet
from solvers.points.question import Question
from solvers.run import Limits

Ints = NDArray[np.int64]


class Record:
    """A running solve of points: what is asked, and what is known so far.

    Squares are squared distances in the unit of the points; those of two selections are compared by
    what they are worth.

    Parameters
    ----------
    points : PointSet
        The points to choose from.
    p : int
        How many of them to choose.
    limits : Limits
        Seconds, threads and the seed.
    begun : float
        When the solve began, by `time.perf_counter`.

    Attributes
    ----------
    chosen : ndarray of int64, shape (p,), or None
        The incumbent, of the points.
    square : float
        Its least squared distance; -1 without one.
    bound : float or None
        No selection is worth more.
    trace, refutations
        As of a `Solution`.
    """

    def __init__(self, points: PointSet, p: int, limits: Limits, begun: float) -> None:
        self.points, self.p, self.limits = points, p, limits
        self.chosen: Ints | None = None
        self.square = -1.0
        self.bound: float | None = None
        self.trace: list[TracePoint] = []
        self.refutations: list[Refutation] = []
        self._begun = begun

    def seconds(self) -> float:
        """Wall time since the start."""
        return time.perf_counter() - self._begun

    def over(self) -> bool:
        """Whether time is up, or nothing is left to be done."""
        return self.seconds() >= self.limits.seconds or self.proven

    @property
    def value(self) -> float | None:
        """What the incumbent is worth."""
        return None if self.chosen is None else self.points.unit.value(self.square)

    @property
    def proven(self) -> bool:
        """Whether incumbent and bound have met."""
        return self.chosen is not None and self.value == self.bound

    @property
    def next_value(self) -> float:
        """The least value that would be better."""
        return self.points.unit.rounding.next_value(self.points.unit.value(max(self.square, 0.0)))

    def offer(self, chosen: Ints, square: float) -> bool:
        """Take a selection if it is worth more; whether it is."""
        square = min(square, self.points.cap)
        value = self.value
        if value is not None and self.points.unit.value(square) <= value:
            return False
        self.chosen, self.square = chosen.copy(), square
        self._note()
        return True

    def bound_by(self, value: float) -> None:
        """No selection is worth more than `value`, which needs no proof."""
        if self.bound is None or value < self.bound:
            self.bound = value
            self._note()

    def refute(self, value: float, question: Question) -> None:
        """No selection is worth `value`, as a question about it has shown."""
        below = self.points.unit.rounding.value_below(value)
        if self.bound is None or below < self.bound:
            self.bound = below
            labels = np.full(self.points.given, -1, dtype=np.int32)
            labels[self.points.rows] = question.clusters.labels()
            self.refutations.append(ClusterRefutation(value, BY, question.nodes, labels))
            self._note()

    def _note(self) -> None:
        value = self.value
        if value is not None and self.bound is not None and value > self.bound:
            raise ContradictionError(
                f"solve_points proved that nothing exceeds {self.bound!r} and found {value!r}; "
                "please report this defect."
            )
        self.trace.append(TracePoint(self.seconds(), value, self.bound))
