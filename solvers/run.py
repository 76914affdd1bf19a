"""A running solve: its limits, and where a solver reports incumbents and bounds."""

from __future__ import annotations

import gc
import math
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from numbers import Integral, Real
from typing import NoReturn

import numpy as np
from numpy.typing import ArrayLike, NDArray

from dispersion.errors import ContradictionError, InputError, NotApplicableError, shown
from dispersion.fixing import Fixed
from dispersion.instance import Instance
from dispersion.objectives import objectives
from dispersion.solution import Refutation, TracePoint
from dispersion.verify import check_selection, recompute


@dataclass(frozen=True, slots=True)
class Limits:
    """What a solve may use.

    Attributes
    ----------
    seconds : float
        Wall-clock time for building and solving together; > 0, infinity allowed.
    threads : int
        Threads of the engine; >= 1.
    seed : int
        Seed of every random choice; 0 <= seed < 2**31.
    target : float or None
        An objective that is good enough; `None` if only the best is.
    gap : float
        A gap, (bound - objective) / bound, that is small enough; 0 <= gap < 1.

    Raises
    ------
    InputError
        A value is out of range.
    """

    seconds: float = 60.0
    threads: int = 1
    seed: int = 0
    target: float | None = None
    gap: float = 0.0

    def __post_init__(self) -> None:
        if not _is_a(Real, self.seconds) or not self.seconds > 0:
            raise InputError(f"the time limit must be more than 0 seconds, got {self.seconds!r}.")
        for name, value in ("threads", self.threads), ("the seed", self.seed):
            if not _is_a(Integral, value):
                raise InputError(f"{name} must be a whole number, got {value!r}.")
        if self.threads < 1:
            raise InputError(f"threads must be at least 1, got {shown(self.threads)}.")
        if not 0 <= self.seed < 2**31:
            raise InputError(f"the seed must lie between 0 and 2**31 - 1, got {shown(self.seed)}.")
        if self.target is not None and not (_is_a(Real, self.target) and math.isfinite(self.target)):
            raise InputError(f"the target must be a finite number, got {shown(self.target)}.")
        if not _is_a(Real, self.gap) or not 0 <= self.gap < 1:
            raise InputError(
                "the gap must be at least 0 and less than 1 (0.01 is one per cent), "
                f"got {shown(self.gap)}."
            )
        self._set("seconds", float(self.seconds))  # numpy's numbers overflow, and are no JSON
        self._set("threads", int(self.threads))
        self._set("seed", int(self.seed))
        self._set("target", None if self.target is None else float(self.target))
        self._set("gap", float(self.gap))

    def _set(self, name: str, value: object) -> None:
        object.__setattr__(self, name, value)


def _is_a(kind: type[Real] | type[Integral], value: object) -> bool:
    """Whether it is such a number; a truth value is not."""
    return isinstance(value, kind) and not isinstance(value, bool)


class TimeUp(Exception):  # noqa: N818 - a signal, nothing went wrong
    """Raised by `Run.check_time`; caught by `solvers.solve`."""


_LISTENER: ContextVar[Callable[[Run], object] | None] = ContextVar("listener", default=None)


@contextmanager
def listening(listener: Callable[[Run], object]) -> Iterator[None]:
    """Call `listener` at every improvement of the solves that begin in the block.

    It is called with the `Run`, on the thread that reports; its time counts as solving time.  If it
    returns ``True`` the solve ends with what was found, and if it raises the solve ends in that.
    """
    before = _LISTENER.set(listener)
    try:
        yield
    finally:
        _LISTENER.reset(before)


class Run:
    """A running solve: what the solver is given, and where it reports.

    Attributes
    ----------
    instance : Instance
        What to solve: no point of it is required or excluded.
    whole : Instance
        What was asked: the same, unless points are required or excluded (see `Fixed`).
    fixed : Fixed or None
        How the two belong together; `None` if they are the same.
    limits : Limits
        What may be used.
    objective_name : str
        Which objective.
    on_improvement : callable, optional
        Called as those of `listening`, after them.
    rng : numpy.random.Generator
        Seeded with ``limits.seed``.
    selected, objective, bound
        The incumbent, its value and the proven upper bound so far; `None` while there is none.
    message : str
        What the solver has to say of the solve.
    remark : str
        What there is to say beside it: that a start was of no use, why the solve ended early.
    build_seconds : float
        Wall time of building models; 0 if the method builds none.
    out_of_time : bool
        Whether the solver was stopped by the time limit.
    fault : Exception or None
        What a listener has raised, which ends the solve.
    """

    def __init__(
        self,
        instance: Instance,
        limits: Limits,
        objective_name: str,
        on_improvement: Callable[[Run], object] | None = None,
    ) -> None:
        self.whole, self.fixed = instance, Fixed.of(instance, objective_name)
        plain = None if self.fixed is None else self.fixed.plain
        self.instance = instance if plain is None else plain
        self.limits = limits
        self.objective_name = objective_name
        self.rng = np.random.default_rng(limits.seed)
        self.selected: NDArray[np.intp] | None = None
        self.objective: float | None = None
        self.bound: float | None = None
        self.message = self.remark = ""
        self.trace: list[TracePoint] = []
        self.refutations: list[Refutation] = []
        self._listeners = [one for one in (_LISTENER.get(), on_improvement) if one is not None]
        self._reporting = threading.RLock()  # engines report on threads of their own
        self._start = time.perf_counter()
        self.build_seconds = 0.0
        self.out_of_time = False
        self.fault: Exception | None = None
        self._told_to_stop = False

    @contextmanager
    def building(self) -> Iterator[None]:
        """Count the block as building time, however it ends; the first block counts from the start.

        The rest is solving time; a method that builds several models uses a block for each.  Garbage is
        not looked for meanwhile: a model of many small objects, none of them garbage, takes twice as
        long with it.
        """
        begun = self.seconds() if self.build_seconds else 0.0
        collecting = gc.isenabled()
        gc.disable()
        try:
            yield
        finally:
            if collecting:
                gc.enable()
            self.build_seconds += self.seconds() - begun

    def report_incumbent(self, selected: ArrayLike) -> float:
        """Offer a selection of p points, kept if it is the best so far; returns its value."""
        points = check_selection(self.instance, selected)
        if self.fixed is not None and self.instance is self.fixed.plain:
            whole = self.fixed.selection(points)
            points = self.fixed.inside(whole)  # of a packing, with the required points
        else:
            whole = points
        value = recompute(self.whole, whole, self.objective_name)
        with self._reporting:
            if self.objective is None or value > self.objective:
                self.selected, self.objective = points, value
                self._record()
        return value

    def report_bound(self, bound: float, by: str = "", nodes: int | None = None) -> None:
        """Report that no selection exceeds `bound`; kept if it is tighter than before.

        Parameters
        ----------
        bound : float
            An upper bound on the optimum.
        by : str
            What proves it (see `dispersion.solution.Refutation`), to be kept with the solution.
        nodes : int, optional
            Nodes of the search, if there was one.
        """
        if not np.isfinite(bound):
            told = "NaN" if np.isnan(bound) else str(bound)
            raise ContradictionError(f"a solver reported {told} as a bound; please report this defect.")
        with self._reporting:
            if self.bound is None or bound < self.bound:
                self.bound = float(bound)
                if by or self.refutations:  # else nothing would carry the bound
                    self._refute(by or "the solver", nodes)
                self._record()

    def _refute(self, by: str, nodes: int | None) -> None:
        """Keep what proved the bound: no selection reaches the next value above it."""
        assert self.bound is not None
        value = objectives[self.objective_name].next_value(self.bound, self.instance)
        if value is not None and [value] != [one.value for one in self.refutations[-1:]]:
            self.refutations.append(Refutation(value, by, nodes))

    @property
    def answer(self) -> NDArray[np.intp] | None:
        """The incumbent as a selection of what was asked, with the required points."""
        if self.selected is None or self.fixed is None or self.instance is not self.fixed.plain:
            return self.selected
        return self.fixed.selection(self.selected)

    def proven(self) -> bool:
        """Whether incumbent and bound have met."""
        return self.objective is not None and self.objective == self.bound

    def gap_closed(self) -> bool:
        """Whether incumbent and bound are as near as was asked for."""
        if self.objective is None or self.bound is None or self.limits.gap == 0.0:
            return False
        return self.bound - self.objective <= self.limits.gap * abs(self.bound)

    def target_reached(self) -> bool:
        """Whether the incumbent is as good as was asked for."""
        target = self.limits.target
        return target is not None and self.objective is not None and self.objective >= target

    def enough(self) -> bool:
        """Whether what was reported is what was asked for, or a listener wants no more."""
        told = self._told_to_stop or self.fault is not None
        return told or self.target_reached() or self.gap_closed()

    def seconds(self) -> float:
        """Wall time since the start."""
        return time.perf_counter() - self._start

    def seconds_left(self) -> float:
        """Wall time until the limit; 0 when it has passed, or when there is no need for more."""
        return 0.0 if self.enough() else max(0.0, self.limits.seconds - self.seconds())

    def check_time(self, seconds: float = 0.0, what: str = "") -> None:
        """Raise `TimeUp`, which ends the solve with what was reported, unless more `seconds` are left.

        If less time is left than `what` takes, the message says so.
        """
        left = self.seconds_left()
        if left <= seconds:
            if what and left > 0.0:
                told = f"{what} would take about {seconds:.1f} s, and {left:.1f} s were left"
                self.message = "; ".join(filter(None, [self.message, told]))
            self.stop_by_clock()
            raise TimeUp

    def skip(self, reason: str) -> NoReturn:
        """End the solve, as the solver does not take such an instance: raises `NotApplicableError`.

        `solvers.solve` passes it on; a study records the solve as skipped, with the reason.
        """
        raise NotApplicableError(reason)

    def stop_by_clock(self) -> None:
        """Note that the time limit ends the solve; engines may stop slightly before it."""
        self.out_of_time = True

    def _record(self) -> None:
        self.trace.append(TracePoint(self.seconds(), self.objective, self.bound))
        for listener in self._listeners:
            try:
                self._told_to_stop |= listener(self) is True
            except Exception as error:  # raised by `solvers.solve`: an engine would print or drop it
                self.fault = self.fault or error
