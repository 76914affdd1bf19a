"""Solving an instance: limits, the clock, and the solution made of what the solver has reported.

A solver returns nothing.  Whatever it has reported is the answer, so an answer is valid whenever the
solver stops: done, out of time, interrupted, or broken.
"""

from __future__ import annotations

import math
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from functools import partial

import numpy as np
from numpy.typing import ArrayLike, NDArray

from dispersion.errors import ContradictionError, EngineError, InputError, NotApplicableError
from dispersion.fixing import Fixed
from dispersion.instance import Instance
from dispersion.objectives import DEFAULT_OBJECTIVE, PACKING, objectives
from dispersion.quotas.clashes import clash
from dispersion.quotas.quota import in_words
from dispersion.solution import Solution, Status, TracePoint
from dispersion.verify import check_selection
from solvers.engines.registration import engine_of, list_engines, with_version
from solvers.lookup import find
from solvers.registration import Guarantee, SolverInfo, list_solvers
from solvers.run import Limits, Run, TimeUp

OnImprovement = Callable[[TracePoint, NDArray[np.intp] | None], object]
"""Takes where a solve stands and its best selection; ends the solve by returning ``True``."""


def prepare(name: str, objective: str = DEFAULT_OBJECTIVE) -> float:
    """Import and compile what a solver needs; returns the seconds it took.

    `solve` calls this before its clock starts.  Compiled kernels are cached on disk, so only the
    first call on a machine is slow.
    """
    start = time.perf_counter()
    info = find(name, objective)
    if info.prepare is not None:
        info.prepare()
    list_engines()  # they are asked whose bound it is,
    if info.engine is not None:
        with_version(info.engine)  # and sign theirs
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


def _checked_start(instance: Instance, start: ArrayLike) -> NDArray[np.intp]:
    """The selection to begin with; `InputError` if it is none of this instance."""
    try:
        return check_selection(instance, start)
    except (ContradictionError, ValueError, TypeError) as error:
        raise InputError(f"the start is no selection of {instance.name}: {error}") from error


def _begin(run: Run, info: SolverInfo, start: NDArray[np.intp] | None) -> None:
    """Report the start; a solver that does not begin there says so."""
    if start is None:
        return
    run.report_incumbent(start if run.fixed is None else run.fixed.inside(start))
    run.remark = "" if info.takes_start else f"{info.name} does not use the start"


def _why_enough(run: Run) -> str:
    """Why the solve ended before its time, though nothing is proven."""
    if run.target_reached():
        return f"stopped at the target of {run.limits.target:.6g}"
    return (
        f"stopped at a gap of {run.limits.gap:g}" if run.gap_closed() else "stopped by on_improvement"
    )


def _status(run: Run, guarantee: Guarantee) -> Status:
    if run.proven():
        return Status.OPTIMAL
    if run.enough():
        run.remark = "; ".join(filter(None, [run.remark, _why_enough(run)]))
        return Status.FEASIBLE if run.selected is not None else Status.INTERRUPTED
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
            f"on {run.whole.name}; please report this defect."
        )
    solution = Solution(
        solver=info.name,
        objective_name=run.objective_name,
        instance_digest=run.whole.digest,
        seed=run.limits.seed,
        selected=run.answer,
        objective=run.objective,
        bound=run.bound,
        status=status,
        build_seconds=run.build_seconds,
        solve_seconds=seconds - run.build_seconds,
        trace=tuple(run.trace),
        message="; ".join(
            filter(
                None,
                [
                    run.message,
                    run.remark,
                    str(run.whole.membership),
                    in_words(run.whole.quota),
                    run.whole.note,
                ],
            )
        ),
        refutations=tuple(run.refutations),
        engine=None if info.engine is None else with_version(info.engine),
        labels=run.whole.labels_of(run.answer),
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
    start: ArrayLike | None = None,
    target: float | None = None,
    gap: float = 0.0,
    on_improvement: OnImprovement | None = None,
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
    start : array_like of int, optional
        A selection to begin with: points, counted from 0.  The answer is never worse.  A solver that
        cannot begin there says so in the message of the solution.
    target : float, optional
        A value that is good enough: the solve ends once it is reached.
    gap : float
        A gap that is small enough, (bound - objective) / bound: at 0.01 the solve ends once no
        selection can be more than one per cent better.
    on_improvement : callable, optional
        Called with a `TracePoint` and a copy of the best selection (or `None`) whenever a better
        selection or a tighter bound is found, on the thread that found it.  If it returns ``True``, the
        solve ends.

    Returns
    -------
    Solution
        Its objective is recomputed from the selected points on the instance's own matrix.  What is
        proven is in ``bound``; greedy, for example, has a bound only under a metric.

    Raises
    ------
    InputError
        `instance` is no `Instance` or does not ask for this objective, a limit is out of range, a
        name is unknown, or the start is no selection of the instance.
    NotApplicableError
        The solver does not take such an instance, or distances to be added are near the largest or
        the smallest floats; a study records the solve as skipped.
    ContradictionError
        The solver's incumbent exceeds its own bound: a defect of this package.

    Notes
    -----
    Ctrl-C ends the solve and returns what was found, with ``Status.INTERRUPTED``; so does an engine
    that fails, with ``Status.ERROR`` and the reason.  What `on_improvement` raises ends it too, and is
    raised again.  A solve that ends at the target or the gap is ``Status.FEASIBLE``, and its message
    says why; engines that tell nothing while they run (see ``--list engines``) do not end there.  The
    ranks of the distances are computed once per
    instance, by the first solver that needs them, and count as its time.
    """
    check_instance(instance, "solve")
    solver = objectives[objective].default_solver if solver is None else solver
    info = find(solver, objective)
    limits = Limits(math.inf if time_limit is None else time_limit, threads, seed, target, gap)
    objectives[objective].check(instance)
    begin = None if start is None else _checked_start(instance, start)
    if reason := objectives[objective].refusal(instance.distances):
        raise NotApplicableError(reason)
    prepare(solver, objective)
    _ = instance.digest  # hashed once, before the clock starts
    if reason := clash(instance):
        return _infeasible(instance, info, seed, reason)
    run = Run(instance, limits, objective, _teller(on_improvement))
    _check_quotas(run, info)
    status = _solved(run, info, begin)
    if run.fault is not None:
        raise run.fault
    return _solution(run, info, status)


def _infeasible(instance: Instance, info: SolverInfo, seed: int, reason: str) -> Solution:
    """There is no selection."""
    return Solution(
        solver=info.name,
        objective_name=info.objective_name,
        instance_digest=instance.digest,
        seed=seed,
        selected=None,
        objective=None,
        bound=None,
        status=Status.INFEASIBLE,
        build_seconds=0.0,
        solve_seconds=0.0,
        message="; ".join(filter(None, [reason, instance.note])),
    )


def _check_quotas(run: Run, info: SolverInfo) -> None:
    """`NotApplicableError` if there are quotas, and the solver knows none."""
    trivial = run.fixed is not None and run.fixed.plain is None
    if run.instance.quota and not trivial and not info.takes_quotas:
        others = list_solvers(info.objective_name)
        names = ", ".join(one.name for one in others if one.takes_quotas)
        raise NotApplicableError(f"{info.name} knows no quotas; those that do: {names}.")


def _teller(on_improvement: OnImprovement | None) -> Callable[[Run], object] | None:
    """Passes on what a user wants to hear of a run."""
    if on_improvement is None:
        return None
    tell = on_improvement
    return lambda run: tell(run.trace[-1], None if run.answer is None else run.answer.copy())


def _choose_last(run: Run, fixed: Fixed) -> None:
    """Choose the one point that is left to be chosen, if there is one: all are tried."""
    best = max(run.report_incumbent(selected) for selected in fixed.choices())
    run.report_bound(best, "enumeration")
    run.message = "at most one point was left to be chosen: all were tried"


def _solved(run: Run, info: SolverInfo, start: NDArray[np.intp] | None) -> Status:
    """Run the solver to its end, whatever that is."""
    try:
        if run.fixed is not None and run.fixed.plain is None:
            _choose_last(run, run.fixed)
            return _status(run, info.guarantee)
        _begin(run, info, start)
        if not run.enough():
            info.method(run)
    except TimeUp:
        if not run.enough():
            run.message = run.message or "out of time"
            return Status.OPTIMAL if run.proven() else Status.TIME_LIMIT
    except EngineError as error:
        run.message = str(error)
        return Status.ERROR
    except KeyboardInterrupt:
        return Status.OPTIMAL if run.proven() else Status.INTERRUPTED
    return _status(run, info.guarantee)


def pack(
    instance: Instance | ArrayLike,
    at_least: float | None = None,
    solver: str | None = None,
    *,
    time_limit: float | None = 60.0,
    threads: int = 1,
    seed: int = 0,
    start: ArrayLike | None = None,
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
    time_limit, threads, seed, start
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
    return solve(
        instance,
        solver,
        objective=PACKING.name,
        time_limit=time_limit,
        threads=threads,
        seed=seed,
        start=start,
    )
