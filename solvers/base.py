"""What every solver is: a function of a `Run`, to which it reports incumbents and bounds.

A solver returns nothing.  Whatever it has reported is the answer, so an answer is valid whenever it
stops: done, out of time, interrupted, or broken.
"""

from __future__ import annotations

import math
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from enum import Enum
from typing import Any

from dispersion.errors import (
    ContradictionError,
    EngineError,
    InputError,
    NotApplicableError,
    UnknownNameError,
)
from dispersion.instance import Instance
from dispersion.objectives import objectives
from dispersion.registry import Registry
from dispersion.solution import Solution, Status
from solvers.engines import engine_of
from solvers.run import Limits, Run, TimeUp

_LEAST = 1e-290  # a distance: smaller ones are too near the least float to be scaled

__all__ = [
    "Kind",
    "Limits",
    "Method",
    "ModelBuilder",
    "Run",
    "SolverInfo",
    "baselines",
    "find",
    "prepare",
    "solve",
    "solver",
    "solvers",
    "solvers_for",
]


class Kind(Enum):
    """What a solver promises."""

    EXACT = "exact"  #: proves optimality, given time
    APPROXIMATION = "approximation"  #: proves a factor
    HEURISTIC = "heuristic"  #: proves nothing


Method = Callable[[Run], None]
ModelBuilder = Callable[[Instance], Any]  #: an instance to a ``pyomo.environ.ConcreteModel``


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
    by_default : bool
        Whether ``python -m dispersion.compare`` takes it unless told which to take.
    model : callable or None
        Builds the Pyomo model it solves, for `solvers.export_model`; `None` if it has none.
    stochastic : bool
        Whether its answer is drawn by chance, so that one seed says little: a comparison gives it
        several.  An exact solver is not, although its engine takes a seed.
    baseline : bool
        Whether it is what others are held against: a uniformly random selection.
    """

    name: str
    objective_name: str
    kind: Kind
    summary: str
    method: Method
    prepare: Callable[[], None] | None
    by_default: bool = True
    model: ModelBuilder | None = None
    stochastic: bool = False
    baseline: bool = False


solvers: Registry[SolverInfo] = Registry("solver", "solvers.maxmin", "solvers.maxsum")


def solver(
    name: str,
    *,
    objective: str,
    kind: Kind,
    summary: str,
    prepare: Callable[[], None] | None = None,
    by_default: bool = True,
    model: ModelBuilder | None = None,
    stochastic: bool = False,
    baseline: bool = False,
) -> Callable[[Method], Method]:
    """Register the decorated function as the solver `name` of an objective (see `SolverInfo`)."""

    def register(method: Method) -> Method:
        traits = (by_default, model, stochastic, baseline)
        info = SolverInfo(name, objective, kind, summary, method, prepare, *traits)
        solvers.add(f"{objective}/{name}", info)
        return method

    return register


def solvers_for(objective: str = "max-min") -> list[SolverInfo]:
    """Every solver of an objective, by name."""
    objectives[objective]
    return [solvers[key] for key in solvers if solvers[key].objective_name == objective]


def baselines(objective: str = "max-min") -> list[str]:
    """The names of the solvers of an objective that others are held against."""
    return [info.name for info in solvers_for(objective) if info.baseline]


def find(name: str, objective: str = "max-min") -> SolverInfo:
    """The solver `name` of an objective, or `UnknownNameError` with the nearest names."""
    known = {info.name: info for info in solvers_for(objective)}
    if not isinstance(name, str) or name not in known:
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


def check_instance(instance: object, taker: str) -> None:
    """`InputError` unless it is an `Instance`; `taker` is the function that wants one."""
    if not isinstance(instance, Instance):
        kind = type(instance).__name__
        raise InputError(
            f"{taker} takes an Instance, got {kind}; make one by Instance(distances, p) or "
            "Instance.from_points(points, p)."
        )


def _check_sums(instance: Instance) -> None:
    """Refuse distances whose sums, or products with small numbers, a float cannot hold."""
    largest, pairs = float(instance.distances.max()), float(instance.n) ** 2
    if not math.isfinite(largest * pairs) or 0.0 < largest < _LEAST:
        raise NotApplicableError(
            f"sums of distances up to {largest:g} cannot be computed with; give them in another unit."
        )


def _status(run: Run, kind: Kind) -> Status:
    if run.proven():
        return Status.OPTIMAL
    if run.out_of_time or run.seconds_left() == 0.0:
        return Status.TIME_LIMIT
    if kind is Kind.EXACT and not run.message:
        run.message = "stopped without a proof, and not by the clock"
    return Status.FEASIBLE if run.selected is not None else Status.ERROR


def _solution(run: Run, name: str, status: Status) -> Solution:
    seconds = run.seconds()
    if run.bound is not None and run.objective is not None and run.bound < run.objective:
        raise ContradictionError(
            f"{name} proved that nothing exceeds {run.bound!r} and found {run.objective!r} "
            f"on {run.instance.name}; please report this defect."
        )
    solution = Solution(
        solver=name,
        objective_name=run.objective_name,
        instance_digest=run.instance.digest,
        seed=run.limits.seed,
        selected=run.selected,
        objective=run.objective,
        bound=run.bound,
        status=status,
        build_seconds=run.build_seconds,
        solve_seconds=seconds - run.build_seconds,
        trace=tuple(run.trace),
        message="; ".join(filter(None, [run.message, run.instance.note])),
        refutations=tuple(run.refutations),
    )
    if engine_of(solution.bound_by or "") is None:
        return solution
    remarks = filter(None, [solution.message, f"bound by {solution.bound_by}"])
    return replace(solution, message="; ".join(remarks))


def solve(
    instance: Instance,
    solver: str | None = None,
    *,
    objective: str = "max-min",
    time_limit: float | None = 60.0,
    threads: int = 1,
    seed: int = 0,
) -> Solution:
    """Solve an instance.

    Parameters
    ----------
    instance : Instance
        What to solve.
    solver : str, optional
        A registered solver of `objective`: clique, greedy, tabu, kuby, cp-sat, random, ...  If absent,
        that of the objective: clique for max-min, qcr for max-sum.
    objective : str
        "max-min" or "max-sum".
    time_limit : float or None
        Seconds of wall-clock time for building and solving together; `None` for no limit.
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
        `instance` is no `Instance`, a limit is out of range, or a name is unknown.
    NotApplicableError
        The solver does not take such an instance, or distances to be added are near the largest or
        the smallest floats; a study records the solve as skipped.
    ContradictionError
        The solver's answers exclude each other: a defect of ours.

    Notes
    -----
    Ctrl-C ends the solve and returns what was found, with ``Status.INTERRUPTED``; so does an engine
    that fails, with ``Status.ERROR`` and the reason.  The ranks of the distances are computed once an
    instance, by the first solver that needs them, and count as its time.
    """
    check_instance(instance, "solve")
    solver = objectives[objective].default_solver if solver is None else solver
    info = find(solver, objective)
    limits = Limits(math.inf if time_limit is None else time_limit, threads, seed)
    if objective == "max-sum":
        _check_sums(instance)
    prepare(solver, objective)
    _ = instance.digest  # hashed once, before the clock starts
    run = Run(instance, limits, objective)
    try:
        info.method(run)
    except TimeUp:
        run.message = run.message or "time was up"
        return _solution(run, solver, Status.OPTIMAL if run.proven() else Status.TIME_LIMIT)
    except EngineError as error:
        run.message = str(error)
        return _solution(run, solver, Status.ERROR)
    except KeyboardInterrupt:
        return _solution(run, solver, Status.OPTIMAL if run.proven() else Status.INTERRUPTED)
    return _solution(run, solver, _status(run, info.kind))
