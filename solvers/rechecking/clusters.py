"""Proofs by clusters of points derived again, in plain code that shares nothing with the prover."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
from numpy.typing import ArrayLike, NDArray

from dispersion.errors import InputError
from dispersion.instance import Instance
from dispersion.solution import Refutation, Solution
from solvers.points.certificate import BY, ClusterRefutation
from solvers.points.problem import Problem
from solvers.rechecking.check import Means, check
from solvers.rechecking.report import Checked, Finding, Recheck

Points = NDArray[np.float64]
Labels = NDArray[np.int64]
Corner = tuple[Fraction, Fraction, int]  #: coordinates, and the number of a point

_SLACK = 1.0 + 1e-13  # above every rounding error of a squared distance
_EXACT_BITS = 24  # of coordinates whose squared distances have no rounding errors
_STARTS = 20  # of farthest-point insertion
_NEAR, _APART = 1.0, 2.0  # distances of clusters, in place of a matrix of truth values


def recheck_points(
    points: ArrayLike,
    p: int,
    solution: Solution,
    metric: str = "euclidean",
    *,
    rounding: str | None = None,
    required: ArrayLike = (),
    excluded: ArrayLike = (),
    seconds: float = 60.0,
    engines: tuple[str, ...] = ("plain-search", "highs"),
    threads: int = 1,
) -> Recheck:
    """Derive the proof of a solution of `solve_points` again, by other means than those that made it.

    The selection's value is recomputed.  Of the lowest refutation, which implies the others, the
    clusters are taken and nothing else: they must hold every point, and two points of a cluster must
    be nearer than the refuted value.  Which clusters have points that far apart is computed again, from
    hulls in exact arithmetic; then arguments and engines of `solvers.recheck` have to show that no p
    clusters are pairwise so far apart.

    Parameters
    ----------
    points, p, metric, rounding, required, excluded
        As of `solvers.solve_points`.
    solution : Solution
        Its answer.
    seconds, engines, threads
        As of `solvers.recheck`.

    Returns
    -------
    Recheck
        True if the bound is confirmed.  What is not derived again is undecided: the prover may have
        needed what it had refuted in earlier, larger clusters.

    Raises
    ------
    InputError
        As `solve_points`, or a limit is out of range, or no engine has this name.

    Examples
    --------
    >>> from solvers import solve_points
    >>> points = np.random.default_rng(0).random((500, 2))
    >>> bool(recheck_points(points, 5, solve_points(points, 5)))
    True
    """
    means = Means(seconds, tuple(engines), threads)
    problem = Problem.of(points, p, metric, rounding, required, excluded)
    faults = _faults(problem, solution)
    claims = [one for one in solution.refutations if isinstance(one, ClusterRefutation)]
    solver, value, bound = solution.solver, solution.objective, solution.bound
    if faults:
        return Recheck(solver, value, bound, Finding.CONTRADICTED, tuple(faults))
    if not claims or bound is None:
        return _without_clusters(problem, solution)
    lowest = min(claims, key=lambda one: one.value)
    below = problem.unit.rounding.value_below(lowest.value)
    if below > bound:
        fault = f"{solver}: its bound {bound!r} is below {below!r}, the lowest that is refuted"
        return Recheck(solver, value, bound, Finding.CONTRADICTED, (fault,))
    try:
        checked = _checked(problem, lowest, means)
    except InputError as error:
        return Recheck(solver, value, bound, Finding.CONTRADICTED, (f"{solver}: {error}",))
    return Recheck(solver, value, bound, checked.finding, (), (checked,))


def _faults(problem: Problem, solution: Solution) -> list[str]:
    """What is wrong with the selection, and its value against the bound."""
    solver, value = solution.solver, solution.objective
    if solution.instance_digest != problem.digest():
        return [f"{solver}: answers another problem"]
    chosen = solution.selected
    if chosen is None or value is None:
        return []
    wrong = len({*chosen.tolist()}) != problem.p or {*problem.known.excluded} & {*chosen.tolist()}
    if wrong or {*problem.known.required} - {*chosen.tolist()}:
        return [f"{solver}: its selection is not one of p = {problem.p} points that are allowed"]
    worth = problem.worth(chosen)
    if worth != value:
        return [f"{solver}: reports {value!r}, its selection is worth {worth!r}"]
    if solution.bound is not None and solution.bound < value:
        return [f"{solver}: its bound {solution.bound!r} is below its own answer {value!r}"]
    return []


def _without_clusters(problem: Problem, solution: Solution) -> Recheck:
    """Where no clusters were needed: copies, required points, one point more, or a cover by balls."""
    taken, bound = problem.required, solution.bound
    free = np.setdiff1d(np.arange(len(problem.rows)), np.concatenate([taken, problem.excluded]))
    places = len(np.unique(problem.rows[np.concatenate([free, taken])], axis=0))
    few = places < problem.p
    capped = len(taken) > 1 and problem.worth(taken) == bound
    sure = bound is not None and (
        capped
        or (few and bound == 0.0)
        or (problem.more == 1 and _nearest(problem, free) <= bound)
        or _covered(problem, free, bound)
    )
    finding = Finding.CONFIRMED if sure else Finding.NO_EVIDENCE
    remark = "" if sure else "no clusters were kept"
    return Recheck(solution.solver, solution.objective, bound, finding, remark=remark)


def _nearest(problem: Problem, free: NDArray[np.intp]) -> float:
    """How far one point can be from all required ones."""
    columns = problem.unit.columns(problem.rows)
    near = np.full(len(free), np.inf)
    for r in problem.required.tolist():
        near = np.minimum(near, ((columns[:, free] - columns[:, [r]]) ** 2).sum(axis=0))
    return problem.unit.value(float(near.max()))


def _covered(problem: Problem, free: NDArray[np.intp], bound: float) -> bool:
    """Whether p - 1 centres are so near to all points that two selected ones are within the bound.

    Two of p points have the same nearest centre, so they are at most two radii apart; centres are the
    required points, and others by farthest-point insertion from some of the points.
    """
    if not len(free):
        return False
    columns = problem.unit.columns(problem.rows)
    spread = free[:: max(1, len(free) // _STARTS)]
    for start in spread.tolist():
        near = np.full(len(free), np.inf)
        centres = list(problem.known.required)
        for k in range(problem.p - 1):
            if k == len(centres):
                centres.append(int(free[near.argmax()]) if k else start)
            squares = ((columns[:, free] - columns[:, [centres[k]]]) ** 2).sum(axis=0)
            near = np.minimum(near, squares)
        if problem.unit.value(4.0 * float(near.max()) * _SLACK) <= bound:
            return True
    return False


def _checked(problem: Problem, claim: ClusterRefutation, means: Means) -> Checked:
    """The graph of the clusters, put to the arguments and engines."""
    least = problem.unit.reaching(claim.value)
    columns = problem.unit.columns(problem.rows)
    labels = _labels(problem, claim, columns, least)
    apart = _apart(columns, labels, least)
    count, p = len(apart), problem.more
    inside = np.flatnonzero(np.diag(apart))
    if len(inside):
        raise InputError(f"cluster {inside[0]} has two points that are {claim.value!r} apart")
    if count < p or p < 2:
        return Checked(claim, Finding.CONFIRMED if count < p else Finding.UNDECIDED, BY, 0.0)
    graph = np.where(apart, _APART, _NEAR)
    np.fill_diagonal(graph, 0.0)
    found = check(Instance(graph, p), Refutation(_APART, BY), means)
    if found.finding is not Finding.CONTRADICTED:
        return Checked(claim, found.finding, found.by, found.seconds, remark=found.remark)
    remark = "there are p clusters that are pairwise far enough apart: they prove nothing by themselves"
    return Checked(claim, Finding.UNDECIDED, None, found.seconds, remark=remark)


def _labels(problem: Problem, claim: ClusterRefutation, columns: Points, least: float) -> Labels:
    """The cluster of every point, from 0; `InputError` if a point without one could be selected."""
    labels = claim.clusters.astype(np.int64)
    if labels.shape != (len(problem.rows),):
        raise InputError(f"clusters of {len(labels)} points are given for {len(problem.rows)}")
    labels[np.concatenate([problem.required, problem.excluded])] = -1
    held = {row.tobytes() for row in (problem.rows[labels >= 0] + 0.0)}
    near = np.zeros(len(labels), dtype=np.bool_)
    for r in problem.required:
        near |= ((columns - columns[:, r : r + 1]) ** 2).sum(axis=0) * _SLACK < least
    fixed = {*problem.known.required, *problem.known.excluded}
    for k in np.flatnonzero((labels < 0) & ~near).tolist():
        if (
            k not in fixed
            and (problem.rows[k] + 0.0).tobytes() not in held
            and not _too_near(columns, problem, k, least)
        ):
            raise InputError(f"point {k} is in no cluster")
    _, numbers = np.unique(labels, return_inverse=True)
    return np.where(labels < 0, -1, numbers - int((labels < 0).any()))


def _too_near(columns: Points, problem: Problem, k: int, least: float) -> bool:
    """Whether a point is nearer to a required one than is allowed, by the distances that count."""
    for r in problem.required.tolist():
        square = 0.0
        for difference in (columns[:, k] - columns[:, r]).tolist():
            square += difference * difference
        if square < least:
            return True
    return False


def _apart(columns: Points, labels: Labels, least: float) -> NDArray[np.bool_]:
    """Which clusters have points, each of one, whose squared distance may reach `least`."""
    count = int(labels.max(initial=-1)) + 1
    order = np.argsort(labels, kind="stable")
    order = order[labels[order] >= 0]
    members = np.split(order, np.flatnonzero(np.diff(labels[order])) + 1) if count else []
    hulls = [_hull(columns, some) if len(columns) == 2 else some for some in members]
    starts = np.cumsum([0, *map(len, hulls)])[:-1]
    corners = columns[:, np.concatenate(hulls)] if count else columns[:, :0]
    single = np.array([len(some) == 1 for some in hulls], dtype=np.bool_)
    steps = np.ldexp(columns, _EXACT_BITS)
    slack = 1.0 if (steps == np.rint(steps)).all() else _SLACK
    apart = np.zeros((count, count), dtype=np.bool_)
    for c, some in enumerate(hulls):
        squares = np.zeros((len(some), corners.shape[1]))
        for row, corner in zip(columns[:, some], corners, strict=True):
            squares += (row[:, None] - corner) ** 2
        largest = np.maximum.reduceat(squares.max(axis=0), starts)
        apart[c] = np.where(single & single[c], largest, largest * slack) >= least
    return apart


def _hull(columns: Points, some: NDArray[np.intp]) -> NDArray[np.intp]:
    """The vertices of the convex hull in the plane, by fractions (Andrew, 1979)."""
    points = sorted((Fraction(columns[0, k]), Fraction(columns[1, k]), k) for k in some.tolist())
    chain: list[Corner] = []
    for half in (points, points[::-1]):
        own: list[Corner] = []
        for one in half:
            while len(own) > 1 and _turn(own[-2], own[-1], one) <= 0:
                own.pop()
            own.append(one)
        chain += own
    return np.unique([k for _, _, k in chain])


def _turn(a: Corner, b: Corner, c: Corner) -> Fraction:
    """Above 0 if a, b, c turn left."""
    return (b[0] - a[0]) * (c[1] - a[1]) - (b[1] - a[1]) * (c[0] - a[0])
