"""Solving an instance: limits, the clock, and the solution made of what the solver has reported.

A solver returns nothing.  Whatever it has reported is the answer, so an answer is valid whenever the
solver stops: done, out of time, interrupted, or broken.
"""

from __future__ import annotations

import math
import time
from contextlib import suppress
from dataclasses import replace
from functools import partial

from numpy.typing import ArrayLike

from dispersion.errors import ContradictionError, EngineError, InputError, NotApplicableError
from dispersion.instance import Instance
from dispersion.objectives import DEFAULT_OBJECTIVE, PACKING, objectives
from dispersion.solution import Solution, Status
from solvers.engines.registration import engine_of, with_version
from solvers.lookup import find
from solvers.registration import Guarantee, SolverInfo
from solvers.run import Limits, Run, TimeUp


def prepare(name: str, objective: str = DEFAULT_OBJECTIVE) -> float:
    """Import and compile what a solver needs; returns the seconds it took.

    `solve` calls this before its clock starts.  Compiled kernels are cached on disk, so only the
    first call on a machine is slow.
    """
    start = time.perf_counter()
    info = find(name, objective)
    if info.prepare is not None:
        info.prepare()
    return time.perf_counter() - start


def check(name: str, objective: str = DEFAULT_OBJECTIVE) -> None:
    """Refuse a solver that cannot be run as it is written, before anything is solved.

    One of ours with parameters is tried on four points for at most a second, since only the solver
    itself knows which values it takes.  Code of the user's own is left to the processes that solve.

    Raises
    ------
    InputError
        There is no such solver, or a parameter is unknown, cannot be read, or is out of range.
    """
    method = find(name, objective).method
    if isinstance(method, partial) and method.func.__module__.startswith("solvers."):
        corners = Instance.from_points([[0, 0], [0, 1], [1, 0], [1, 1]], 2, name="corners")
        if objectives[objective].counts:
            corners = corners.with_at_least(1.2)
        with suppress(NotApplicableError):
            solve(corners, name, objective=objective, time_limit=1.0)


def check_instance(instance: object, taker: str) -> None:
    """`InputError` unless it is an `Instance`; `taker` is the function that wants one."""
    if not isinstance(instance, Instance):
        kind = type(instance).__name__
        raise InputError(
            f"{taker} takes an Instance, got {kind}; make one by Instance(distances, p) or "
            "Instance.from_points(points, p)."
        )


def _status(run: Run, guarantee: Guarantee) -> Status:
    if run.proven():
        return Status.OPTIMAL
    if run.out_of_time or run.seconds_left() == 0.0:
        return Status.TIME_LIMIT
    if guarantee is Guarantee.EXACT and not run.message:
        run.message = "stopped without a proof before the time limit"
    return Status.FEASIBLE if run.selected is not None else Status.ERROR


def _solution(run: Run, info: SolverInfo, status: Status) -> Solution:
    seconds = run.seconds()
    if run.bound is not None and run.objective is not None and run.bound < run.objective:
        raise ContradictionError(
            f"{info.name} proved that nothing exceeds {run.bound!r} and found {run.objective!r} "
            f"on {run.instance.name}; please report this defect."
        )
    solution = Solution(
        solver=info.name,
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
        engine=None if info.engine is None else with_version(info.engine),
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
        that of the objective: clique for max-min and packing, qcr for max-sum.
    objective : str
        "max-min" or "max-sum"; or "packing", for which `pack` is shorter.
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
        proven is in ``bound``; greedy, for example, has a bound only under a metric.

    Raises
    ------
    InputError
        `instance` is no `Instance` or does not ask for this objective, a limit is out of range, or a
        name is unknown.
    NotApplicableError
        The solver does not take such an instance, or distances to be added are near the largest or
        the smallest floats; a study records the solve as skipped.
    ContradictionError
        The solver's incumbent exceeds its own bound: a defect of this package.

    Notes
    -----
    Ctrl-C ends the solve and returns what was found, with ``Status.INTERRUPTED``; so does an engine
    that fails, with ``Status.ERROR`` and the reason.  The ranks of the distances are computed once per
    instance, by the first solver that needs them, and count as its time.
    """
    check_instance(instance, "solve")
    solver = objectives[objective].default_solver if solver is None else solver
    info = find(solver, objective)
    limits = Limits(math.inf if time_limit is None else time_limit, threads, seed)
    objectives[objective].check(instance)
    if reason := objectives[objective].refusal(instance.distances):
        raise NotApplicableError(reason)
    prepare(solver, objective)
    _ = instance.digest  # hashed once, before the clock starts
    run = Run(instance, limits, objective)
    try:
        info.method(run)
    except TimeUp:
        run.message = run.message or "out of time"
        return _solution(run, info, Status.OPTIMAL if run.proven() else Status.TIME_LIMIT)
    except EngineError as error:
        run.message = str(error)
        return _solution(run, info, Status.ERROR)
    except KeyboardInterrupt:
        return _solution(run, info, Status.OPTIMAL if run.proven() else Status.INTERRUPTED)
    return _solution(run, info, _status(run, info.guarantee))


def pack(
    instance: Instance | ArrayLike,
    at_least: float | None = None,
    solver: str | None = None,
    *,
    time_limit: float | None = 60.0,
    threads: int = 1,
    seed: int = 0,
) -> Solution:
    """As many points as possible that are pairwise at least so far apart.

    Parameters
    ----------
    instance : Instance or array_like, shape (n, n)
        The points; of an array of distances an instance is made.  Its p does not matter.
    at_least : float, optional
        The least distance of two selected points, finite and >= 0; one that equals it is long enough.
        If absent, that of the instance.
    solver : str, optional
        A registered solver of the objective "packing": clique (which is asked if none is named), cp-sat
        and node-packing are exact; greedy and leader are quick.
    time_limit, threads, seed
        As of `solve`.

    Returns
    -------
    Solution
        ``objective`` is how many points are selected, as a float; no selection has more than ``bound``.

    Raises
    ------
    InputError
        As `solve`; or the distance is not finite or below 0, or there is none.

    Notes
    -----
    This is the largest independent set of the graph of pairs that are too near, or the largest clique
    of the graph of the others; in the plane, the most discs of one size around given centres that do
    not overlap.  Max-min asks the reverse: its optimum for p points is the longest distance at which p
    can be packed (Sayyady and Fathi, European Journal of Operational Research 253(1), 2016, solve it
    so).

    Examples
    --------
    >>> line = Instance.from_points([[0.0], [1.0], [2.0], [3.5]], 2)
    >>> pack(line, at_least=2.0).objective, pack(line, at_least=1.0).selected.tolist()
    (2.0, [0, 1, 2, 3])
    """
    if not isinstance(instance, Instance):
        instance = Instance(instance, at_least=at_least)
    elif at_least is not None:
        instance = instance.with_at_least(at_least)
    how = {"threads": threads, "seed": seed}
    return solve(instance, solver, objective=PACKING.name, time_limit=time_limit, **how)
