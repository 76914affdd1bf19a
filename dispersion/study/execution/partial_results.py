"""What a solve under way has found, told at once: it outlives the process that found it."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass, field, replace

import numpy as np
from numpy.typing import NDArray

from dispersion.errors import ContradictionError
from dispersion.solution import Refutation, Solution, Status, TracePoint
from dispersion.study.task import Task
from dispersion.verify import recompute
from solvers.run import Run


@dataclass(frozen=True, slots=True)
class Improvement:
    """What is new since the last one of the same solve.

    Attributes
    ----------
    points : tuple of TracePoint
        Incumbent and bound, one after the other; the last ones stand.
    selected : ndarray of int, shape (p,), or None
        The incumbent; `None` if it is still the one told before, or if there is none.
    refutations : tuple of Refutation
        New steps of a proof.
    """

    points: tuple[TracePoint, ...]
    selected: NDArray[np.intp] | None
    refutations: tuple[Refutation, ...]


class Reporter:
    """Sends the improvements of one task, as a listener of its solve (see `solvers.run.listening`).

    Parameters
    ----------
    task : Task
        What is solved; solves of other instances, which a solver may need on its way, are not told.
    send : callable
        What takes an `Improvement` away.
    """

    def __init__(self, task: Task, send: Callable[[Improvement], None]) -> None:
        self._task, self._send = task, send
        self._points = self._refutations = 0
        self._selected: NDArray[np.intp] | None = None
        self._one_at_a_time = threading.Lock()  # engines report on threads of their own

    def __call__(self, run: Run) -> None:
        """Tell what is new."""
        if run.whole is not self._task.instance or run.objective_name != self._task.objective_name:
            return
        with self._one_at_a_time:
            points, refutations = run.trace[self._points :], run.refutations[self._refutations :]
            self._points += len(points)
            self._refutations += len(refutations)
            selected = None if run.selected is self._selected else run.answer
            self._selected = run.selected
            self._send(Improvement(tuple(points), selected, tuple(refutations)))


@dataclass
class PartialResult:
    """All that was told of one solve; the last of it stands, should the solve come to no answer."""

    points: list[TracePoint] = field(default_factory=list)
    selected: NDArray[np.intp] | None = None
    refutations: list[Refutation] = field(default_factory=list)

    def add(self, new: Improvement) -> None:
        """Take in what was told."""
        self.points += new.points
        self.refutations += new.refutations
        if new.selected is not None:
            self.selected = new.selected

    def kept(self, task: Task, failed: Solution) -> Solution:
        """The solution of a failed solve, with what was told of it if that can be true.

        The value is computed here, on the task's own matrix.  A process whose selection is not worth
        what it said, or whose bound is below its own selection, is not believed in anything, and the
        solve is an error, be it that it only ran out of time.
        """
        if not self.points:
            return failed
        last = self.points[-1]
        try:
            self._check(task, last)
        except ContradictionError as error:
            message = f"{failed.message}; not kept what it had reported: {error}"
            return replace(failed, status=Status.ERROR, message=message)
        parts = (("incumbent", last.objective), ("bound", last.bound))
        what = " and ".join(name for name, value in parts if value is not None)
        return replace(
            failed,
            selected=self.selected,
            objective=last.objective,
            bound=last.bound,
            trace=tuple(self.points),
            message=f"{failed.message}; kept the {what} it had reported by {last.seconds:.3g} s",
            refutations=tuple(self.refutations),
        )

    def _check(self, task: Task, last: TracePoint) -> None:
        value = None
        if self.selected is not None:
            value = recompute(task.instance, self.selected, task.objective_name)
        if value != last.objective:
            raise ContradictionError(f"{last.objective!r}, but its selection is worth {value!r}.")
        if value is not None and last.bound is not None and not last.bound >= value:
            raise ContradictionError(f"the bound {last.bound!r} is below its own answer {value!r}.")
