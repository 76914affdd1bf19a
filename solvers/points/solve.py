"""Solve max-min dispersion of very many points from the points alone."""

from __future__ import annotations

import math
import time
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import ArrayLike, NDArray

from dispersion.errors import ContradictionError
from dispersion.objectives import MAX_MIN
from dispersion.solution import Solution, Status
from solvers.points.problem import Problem
from solvers.run import Limits

if TYPE_CHECKING:
    from solvers.points.record import Record

NAME = "points"  #: by which solutions call the method

Indices = NDArray[np.intp]


def solve_points(
    points: ArrayLike,
    p: int,
    metric: str = "euclidean",
    *,
    rounding: str | None = None,
    time_limit: float | None = 60.0,
    threads: int = 1,
    seed: int = 0,
    required: ArrayLike = (),
    excluded: ArrayLike = (),
    prove: bool = True,
) -> Solution:
    """The p points whose least distance is largest, of up to a million, without a matrix.

    Parameters
    ----------
    points : array_like, shape (n, d)
        One point a row, of 1 to 4 coordinates.
    p : int
        How many to choose, 2 <= p <= n.
    metric : str
        "euclidean" or "normalized".
    rounding : str, optional
        "nint" rounds every distance to the nearest whole number, as TSPLIB's EUC_2D does, and "ceil"
        rounds it up, as CEIL_2D.  By default distances are not rounded.
    time_limit : float or None
        Seconds of wall-clock time; `None` for no limit.
    threads : int
        Threads of the search.
    seed : int
        Seed of every random choice.
    required, excluded : array_like of int
        Points, counted from 0, that every selection holds, and that none does.
    prove : bool
        Whether to prove the optimum; else all the time goes to the search for better selections.

    Returns
    -------
    Solution
        Its objective is recomputed from the selected points.  Objective and bound hold whenever the
        solve ends.  ``instance_digest`` is that of the points and all else that is asked.

    Raises
    ------
    InputError
        The points are not finite (n, d) numbers, have more than 4 coordinates, an argument is out of
        range, or distances that decide are less than 1e-145 times the largest coordinate.

    Notes
    -----
    Points are put into clusters that are smaller than the distance asked for, so that a selection has
    at most one point of each.  Only one question is asked: is there a selection better than the
    incumbent?  If no selection of clusters could hold one, the incumbent is optimal; clusters are split
    only where the answer needs it, and what was refuted before stays refuted.  Reducing the points to
    clusters is after Contardo, "Decremental clustering for the solution of p-dispersion problems to
    proven optimality" (INFORMS Journal on Optimization 2(2), 2020).

    **Distances.**  The squared distance is the sum of the squared differences in the order of the
    coordinates, each operation rounded to the nearest float, and the distance its root.  For whole
    coordinates below 2**24 this is the matrix of `Instance.from_points` to the last bit; for others the
    two may differ by a relative 1e-12.

    **Memory.**  About 100 bytes a point, up to 13 for every pair of clusters (of which there are some
    thousands, and at most 16,384), and 60 to 200 MB for tabu search.

    Ctrl-C ends the solve and returns what was found, with ``Status.INTERRUPTED``.

    Examples
    --------
    >>> points = np.random.default_rng(0).random((20_000, 2))
    >>> solution = solve_points(points, 5)
    >>> solution.status.value, solution.objective == solution.bound
    ('optimal', True)
    """
    limits = Limits(math.inf if time_limit is None else time_limit, threads, seed)
    problem = Problem.of(points, p, metric, rounding, required, excluded)
    from solvers.points import proof  # compiles the kernels, which no clock counts
    from solvers.points.record import Record

    begun = time.perf_counter()
    record = Record(problem.point_set(), problem.more, limits, begun)
    selected = _at_once(problem, record)
    if selected is not None:
        return _solution(problem, record, selected, Status.OPTIMAL, "")
    remark = ""
    try:
        remark = proof.pursue(record, prove)
        status = Status.TIME_LIMIT if record.seconds() >= limits.seconds else Status.FEASIBLE
    except KeyboardInterrupt:
        status = Status.INTERRUPTED
    assert record.chosen is not None
    selected = np.union1d(record.points.rows[record.chosen], problem.required)
    return _solution(problem, record, selected, Status.OPTIMAL if record.proven else status, remark)


def _at_once(problem: Problem, record: Record) -> Indices | None:
    """The best selection where there is nothing to search for, else `None`."""
    points, more = record.points, problem.more
    if more == 0:
        return problem.required
    if more == 1 and len(points):
        return np.union1d(problem.required, points.rows[[int(points.near.argmax())]])
    if more <= len(points):
        return None
    fixed = np.concatenate([problem.required, points.rows])  # copies have to be chosen
    others = np.setdiff1d(np.arange(len(problem.rows)), np.concatenate([fixed, problem.excluded]))
    return np.sort(np.concatenate([fixed, others])[: problem.p])


def _solution(
    problem: Problem, record: Record, selected: Indices, status: Status, remark: str
) -> Solution:
    value = problem.worth(selected)
    bound = value if record.chosen is None else record.bound
    if record.chosen is not None and value != record.value:
        raise ContradictionError(
            f"solve_points reported {record.value!r} for a selection that is worth {value!r}; please "
            "report this defect."
        )
    return Solution(
        solver=NAME,
        objective_name=MAX_MIN.name,
        instance_digest=problem.digest(),
        seed=record.limits.seed,
        selected=selected,
        objective=value,
        bound=bound,
        status=status,
        build_seconds=0.0,
        solve_seconds=record.seconds(),
        trace=tuple(record.trace),
        message="; ".join(filter(None, [remark, str(problem.known)])),
        refutations=tuple(record.refutations),
    )
