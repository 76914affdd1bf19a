"""An integer program that an engine has read: what is asked of it, and what it answers."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol

import numpy as np
from numpy.typing import ArrayLike, NDArray

from dispersion.errors import EngineError
from solvers.engines.common import Outcome
from solvers.run import Run

Points = NDArray[np.intp]

_NO_BOUND = 1e19  # engines call this, or more, infinite
_LONGEST = 1e9  # seconds; more is no limit


@dataclass(frozen=True)
class Ask:
    """How to maximise a program whose binaries x(0) .. x(n-1) are points.

    Attributes
    ----------
    n : int
        How many points there are.
    seconds : float
        Wall-clock limit; infinity allowed.
    threads, seed : int
        For engines that take them.
    on_points, on_bound : callable
        Called with every better selection and every bound while the engine runs, on whatever thread, if
        the engine tells them; what they return is whether that is enough, which stops the engine.
    start : mapping of str to float
        What columns are worth at the start, by name; empty without a start.
    others : float or None
        What all other columns are worth then; `None` if the engine is to find out.
    gap : float
        Distance of incumbent and bound at which they count as equal.
    presolve : bool
        Whether the engine simplifies the program first.
    target : float or None
        An objective at which the engine may stop.
    """

    n: int
    seconds: float
    threads: int
    seed: int
    on_points: Callable[[Points], bool]
    on_bound: Callable[[float], bool]
    start: Mapping[str, float] = field(default_factory=dict)
    others: float | None = None
    gap: float = 0.0
    presolve: bool = True
    target: float | None = None

    @property
    def limit(self) -> float | None:
        """Its seconds; `None` if there is no limit."""
        return self.seconds if self.seconds < _LONGEST else None

    def start_of(self, names: Sequence[str]) -> dict[int, float]:
        """What columns, given by their names, are worth at the start, by place; empty without one."""
        if not self.start:
            return {}
        worth = {k: self.start.get(name, self.others) for k, name in enumerate(names)}
        return {k: value for k, value in worth.items() if value is not None}


@dataclass(frozen=True, eq=False)
class Answer:
    """What an engine answered.

    Attributes
    ----------
    outcome : Outcome
        How it ended.
    points : ndarray of int or None
        The points of the best solution it found; `None` if it found none.
    bound : float
        What no solution exceeds; infinite if it has none.
    effort : str
        Nodes and size, for messages.
    """

    outcome: Outcome
    points: Points | None
    bound: float
    effort: str


class Program(Protocol):
    """An integer program in an engine, to be maximised once."""

    def solve(self, ask: Ask) -> Answer:
        """Solve it within the limits of `ask`.

        Raises
        ------
        EngineError
            The engine failed.
        NotApplicableError
            The licence of the engine does not allow it.
        """
        ...


def point_names(n: int) -> list[str]:
    """The names of the columns that are points."""
    return [f"x({i})" for i in range(n)]


def chosen(values: ArrayLike) -> Points:
    """The points whose binaries are 1, within the tolerances of an engine."""
    return np.flatnonzero(np.asarray(values, dtype=np.float64) > 0.5)


def finite(bound: float) -> float:
    """A bound, infinite if an engine means infinity."""
    return bound if abs(bound) < _NO_BOUND else math.inf


def read_bound(printed: str, digits: int, sign: float = 1.0) -> float:
    """What no solution exceeds, from a number that an engine printed: a last digit above it.

    Parameters
    ----------
    printed : str
        The number.
    digits : int
        To how many significant digits the engine rounds; zeros at the end may be left out.
    sign : float
        What it is multiplied by: -1 if the engine minimises what is to be maximised.

    Raises
    ------
    ValueError
        It is no number.
    """
    value = sign * float(printed)
    if value == 0.0 or not math.isfinite(value):
        return value
    return value + 10.0 ** (math.floor(math.log10(abs(value))) - digits + 1)


class Listener:
    """Passes on what an engine says while it runs, and stops it where that is enough.

    An exception has to reach our caller, not the engine, which may print it or drop it: it stops the
    engine, and `check` raises it once the engine has returned.

    Parameters
    ----------
    ask : Ask
        Whom to tell.
    stop : callable
        Stops the engine, from any thread.
    """

    def __init__(self, ask: Ask, stop: Callable[[], object]) -> None:
        self._ask, self._stop = ask, stop
        self.stopped = False  #: whether it stopped the engine
        self._fault: Exception | None = None

    def values(self, values: ArrayLike) -> None:
        """A better solution, by the values of its points."""
        self._tell(lambda: self._ask.on_points(chosen(values)))

    def bound(self, bound: float) -> None:
        """A bound, passed on if it is finite."""
        if math.isfinite(finite(bound)):
            self._tell(lambda: self._ask.on_bound(bound))

    def _tell(self, tell: Callable[[], bool]) -> None:
        try:
            enough = tell()
        except Exception as error:  # raised by `check`
            self._fault = self._fault or error
            enough = True
        if enough:
            self.stop()

    def stop(self) -> None:
        """Stop the engine: it has done enough."""
        self.stopped = True
        self._stop()

    def check(self) -> None:
        """Raise what was raised while the engine ran."""
        if self._fault is not None:
            raise self._fault


def maximise(
    run: Run,
    program: Program,
    on_bound: Callable[[float], None],
    *,
    start: Mapping[str, float],
    others: float | None,
    gap: float,
    presolve: bool,
) -> Answer:
    """Solve a program that has a solution in the time that is left.

    Every selection is reported to the run, and every finite bound to `on_bound`, but for the last
    one, which is in the answer.  For the other parameters see `Ask`.

    Raises
    ------
    EngineError
        The engine failed, or calls the program infeasible.
    NotApplicableError
        The licence of the engine does not allow it.
    """

    def report_points(points: Points) -> bool:
        run.report_incumbent(points)
        return run.enough()

    def report_bound(bound: float) -> bool:
        on_bound(bound)
        return run.enough()

    limits = run.limits
    asked = (run.instance.n, run.seconds_left(), limits.threads, limits.seed)
    answer = program.solve(
        Ask(
            *asked,
            report_points,
            report_bound,
            start=start,
            others=others,
            gap=gap,
            presolve=presolve,
        )
    )
    if answer.outcome is Outcome.INFEASIBLE:
        raise EngineError("the engine reported a program infeasible that has a solution")
    if answer.outcome is Outcome.TIME_LIMIT:
        run.stop_by_clock()
    if answer.points is not None:
        run.report_incumbent(answer.points)
    return answer
