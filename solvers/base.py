"""What every solver is: a function of a `Run`, to which it reports incumbents and bounds.

A solver returns nothing.  Whatever it has reported is the answer, so an answer is valid whenever it
stops: done, out of time, interrupted, or broken.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum

import numpy as np
from numpy.typing import ArrayLike, NDArray

from dispersion.errors import ContradictionError, InputError, UnknownNameError
from dispersion.instance import Instance
from dispersion.objectives import objectives
from dispersion.registry import Registry
from dispersion.solution import Solution, Status, TracePoint
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

    Raises
    ------
    InputError
        A value is out of range.
    """

    seconds: float = 60.0
    threads: int = 1
    seed: int = 0

    def __post_init__(self) -> None:
        if not self.seconds > 0:
            raise InputError(f"the time limit must be more than 0 seconds, got {self.seconds}.")
        if self.threads < 1:
            raise InputError(f"threads must be at least 1, got {self.threads}.")
        if not 0 <= self.seed < 2**31:
            raise InputError(f"the seed must lie between 0 and 2**31 - 1, got {self.seed}.")


class Run:
    """One solve under way: what the solver is given, and where it reports.

    Attributes
    ----------
    instance : Instance
        What to solve.
    limits : Limits
        What may be used.
    objective_name : str
        Which objective.
    rng : numpy.random.Generator
        Seeded with ``limits.seed``.
    selected, objective, bound
        The incumbent, its value and the proven upper bound so far; `None` while there is none.
    message : str
        A remark for the reader of the solution.
    """

    def __init__(self, instance: Instance, limits: Limits, objective_name: str) -> None:
        self.instance = instance
        self.limits = limits
        self.objective_name = objective_name
        self.rng = np.random.default_rng(limits.seed)
        self.selected: NDArray[np.intp] | None = None
        self.objective: float | None = None
        self.bound: float | None = None
        self.message = ""
        self.trace: list[TracePoint] = []
        self._start = time.perf_counter()
        self._built: float | None = None

    def built(self) -> None:
        """The model stands; from here on the clock counts as solving."""
        self._built = self.seconds()

    def incumbent(self, selected: ArrayLike) -> None:
        """Offer a selection of p points; kept if it is better than the best so far."""
        points = check_selection(self.instance, selected)
        value = recompute(self.instance, points, self.objective_name)
        if self.objective is None or value > self.objective:
            self.selected, self.objective = points, value
            self._record()

    def prove(self, bound: float) -> None:
        """Report that no selection exceeds `bound`; kept if it is tighter than before."""
        if self.bound is None or bound < self.bound:
            self.bound = float(bound)
            self._record()

    def proven(self) -> bool:
        """Whether incumbent and bound have met."""
        return self.objective is not None and self.objective == self.bound

    def seconds(self) -> float:
        """Wall time since the start."""
        return time.perf_counter() - self._start

    def seconds_left(self) -> float:
        """Wall time until the limit; 0 when it has passed."""
        return max(0.0, self.limits.seconds - self.seconds())

    def build_seconds(self) -> float:
        """Wall time until `built`; 0 if the method builds no model."""
        return self._built or 0.0

    def _record(self) -> None:
        self.trace.append(TracePoint(self.seconds(), self.objective, self.bound))


class Kind(Enum):
    """What a solver promises."""

    EXACT = "exact"  #: proves optimality, given time
    APPROXIMATION = "approximation"  #: proves a factor
    HEURISTIC = "heuristic"  #: proves nothing


Method = Callable[[Run], None]


@dataclass(frozen=True, slots=True)
class SolverInfo:
    """A registered solver.

    Attributes
    ----------
    name, objective_name : str
        What it is called, and what it maximises.
    kind : Kind
        What it promises.
    summary : str
        One line for ``--help``.
    method : callable
        Takes a `Run` and reports to it.
    prepare : callable or None
        Imports engines and compiles kernels, so that no clock counts it.
    """

    name: str
    objective_name: str
    kind: Kind
    summary: str
    method: Method
    prepare: Callable[[], None] | None


solvers: Registry[SolverInfo] = Registry("solver", "solvers.maxmin", "solvers.maxsum")


def solver(
    name: str,
    *,
    objective: str,
    kind: Kind,
    summary: str,
    prepare: Callable[[], None] | None = None,
) -> Callable[[Method], Method]:
    """Register the decorated function as the solver `name` of an objective."""

    def register(method: Method) -> Method:
        info = SolverInfo(name, objective, kind, summary, method, prepare)
        solvers.add(f"{objective}/{name}", info)
        return method

    return register


def solvers_for(objective: str = "max-min") -> list[SolverInfo]:
    """Every solver of an objective, by name."""
    objectives[objective]
    return [solvers[key] for key in solvers if solvers[key].objective_name == objective]


def find(name: str, objective: str = "max-min") -> SolverInfo:
    """The solver `name` of an objective, or `UnknownNameError` with the nearest names."""
    known = {info.name: info for info in solvers_for(objective)}
    if name not in known:
        raise UnknownNameError(f"{objective} solver", name, known)
    return known[name]


def prepare(name: str, objective: str = "max-min") -> float:
    """Import and compile what a solver needs; returns the seconds it took.

    `solve` calls this before its clock starts.  Compiled kernels are cached on disk, so only the
    first call on a machine is slow.
    """
    start = time.perf_counter()
    info = find(name, objective)
    if info.prepare is not None:
        info.prepare()
    return time.perf_counter() - start


def _status(run: Run, kind: Kind) -> Status:
    if run.proven():
        return Status.OPTIMAL
    if run.seconds_left() == 0.0 or kind is Kind.EXACT:  # engines stop a little early
        return Status.TIME_LIMIT
    return Status.FEASIBLE if run.selected is not None else Status.ERROR


def _solution(run: Run, name: str, status: Status) -> Solution:
    if run.bound is not None and run.objective is not None and run.bound < run.objective:
        raise ContradictionError(
            f"{name} proved that nothing exceeds {run.bound!r} and found {run.objective!r} "
            f"on {run.instance.name}; please report this defect."
        )
    build = run.build_seconds()
    return Solution(
        solver=name,
        objective_name=run.objective_name,
        instance_digest=run.instance.digest,
        seed=run.limits.seed,
        selected=run.selected,
        objective=run.objective,
        bound=run.bound,
        status=status,
        build_seconds=build,
        solve_seconds=run.seconds() - build,
        trace=tuple(run.trace),
        message=run.message,
    )


def solve(
    instance: Instance,
    solver: str = "clique",
    *,
    objective: str = "max-min",
    time_limit: float = 60.0,
    threads: int = 1,
    seed: int = 0,
) -> Solution:
    """Solve an instance.

    Parameters
    ----------
    instance : Instance
        What to solve.
    solver : str
        A registered solver of `objective`: clique, greedy, tabu, highs, cp-sat, random, ...
    objective : str
        "max-min" or "max-sum".
    time_limit : float
        Seconds of wall-clock time for building and solving together.
    threads : int
        Threads the engine may use.
    seed : int
        Seed of every random choice.

    Returns
    -------
    Solution
        Its objective is recomputed from the selected points on the instance's own matrix.  What is
        proven stands in ``bound``; greedy, for one, has a bound only under a metric.

    Raises
    ------
    InputError
        A limit is out of range, or a name is unknown.
    ContradictionError
        The solver's answers exclude each other: a defect of ours.

    Notes
    -----
    Ctrl-C ends the solve and returns what was found, with ``Status.INTERRUPTED``.
    """
    info = find(solver, objective)
    limits = Limits(time_limit, threads, seed)
    prepare(solver, objective)
    run = Run(instance, limits, objective)
    try:
        info.method(run)
    except KeyboardInterrupt:
        return _solution(run, solver, Status.OPTIMAL if run.proven() else Status.INTERRUPTED)
    return _solution(run, solver, _status(run, info.kind))
