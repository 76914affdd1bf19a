"""Core-sets: a small part of every block of points, and any solver on their union.

A *composable core-set* (Indyk, Mahabadi, Mahdian and Mirrokni, "Composable core-sets for diversity
and coverage maximization", PODS 2014) is a part of a block of points, chosen without looking at the
other blocks, such that the union of all parts still holds a good selection of the whole.  As there,
blocks are thinned out by farthest-point insertion (GMM) for max-min, which the paper calls
remote-edge, and by local search for max-sum, which it calls remote-clique.

What is proven here, under the triangle inequality, for any blocks and any p points O of the whole:

1. O can be moved, each point to another of the core-set of its block, so that every pair of O loses
   at most twice the ``radius`` (max-min: unless two points meet, see 2; max-sum: on average over
   the pairs). So with U >= optimum of the union, ``U + 2 radius`` (max-min) and ``U + p (p - 1)
   radius`` (max-sum) are >= the optimum of the whole.
2. Both bounds are at most 3 times the optimum of the union, so **the union holds a selection of at
   least 1/3 of the optimum of the whole**; a solver with factor a on the union has the factor 3 a
   on the whole.

*Max-min.*  Let r be the largest distance of a point to the core-set of its own block; that is the
radius. In a block with points left out, the m >= p points of GMM are at least r_block apart, so the
union has the value r at least.  Move each point of O to the nearest of the core-set of its block,
which is at most r away.  If the optimum exceeds 2 r, no two meet, and the union has the value
optimum - 2 r at least; if not, the optimum is at most 2 r <= U + 2 r all the same.  As r <= optimum
of the union, 2. follows.

*Max-sum.*  Let S be the m >= p points kept of a block, x the point left out whose sum of distances
to S is the largest, and the radius the largest such sum over m.  Of O, s points lie in S and stay;
the other t - s points of the block go to distinct points of S outside O, at random: on average each
moves by at most m radius / (m - s), together by (t - s) m radius / (m - s) <= t radius, as t <= m.
So some way to move all of O costs p radius in all blocks together, and as a point counts in p - 1
pairs, the sum falls by at most p (p - 1) radius.  Local search ends when x gains in place of no y
of S, that is d(x, S) - d(x, y) <= d(y, S); the sum over all y is (m - 1) d(x, S) <= 2 sum(S), so
the radius is at most the mean distance among S, and p (p - 1) radius at most twice the value of the
best p points of S; 2. follows, up to the relative tolerance of 1e-6 at which the search ends.

*Required points* are kept beside the others and need not move, and no other point moves onto one of
them if the optimum exceeds 2 r; excluded points are left out before blocks are thinned.  So 1. holds,
among the selections that are allowed; 2. does not, where required points are nearer to others than r.

The 3 of max-min is reached (by a test), so no smaller factor holds for these core-sets.  For max-sum
GMM would not do: it takes no second point from a cluster (a test has the example).
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from dispersion.arrays.foreign import is_tensor
from dispersion.arrays.points import as_array
from dispersion.errors import InputError
from dispersion.instance import Instance
from dispersion.membership import Membership, checked_membership
from dispersion.objectives import DEFAULT_OBJECTIVE
from dispersion.parameters import whole
from dispersion.solution import Solution, Status, TracePoint
from solvers.scale.thinning import parts_of, thinning_for
from solvers.solving import solve

_MANY = 2**62  # more than there is memory for
_TINIEST = 5e-324 * 64  # a few of the smallest steps, in which the smallest distances are rounded
_ROUNDING = 1.0 + 1e-9  # distances are rounded, so the inequalities hold up to that


@dataclass(frozen=True, eq=False)
class CoreSet:
    """A core-set: the few points kept of many.

    Attributes
    ----------
    points : ndarray of float64, shape (m, d)
        The points kept, those of the first block first.
    rows : ndarray of int, shape (m,)
        Their rows among all.
    radius : float
        A pair of points loses at most twice this (see the module); 0 if nothing was left out.
    n : int
        Number of points of the whole.
    p : int
        Number of points to choose.
    metric, objective_name : str
        For which distances and what goal.
    required : tuple of int
        Which of the points kept every selection holds, counted among these.
    """

    points: NDArray[np.float64]
    rows: NDArray[np.intp]
    radius: float
    n: int
    p: int
    metric: str
    objective_name: str
    required: tuple[int, ...] = ()

    @property
    def instance(self) -> Instance:
        """The points kept, as an instance; builds the (m, m) matrix."""
        name = f"{len(self.rows)} of {self.n}"
        return Instance.from_points(self.points, self.p, self.metric, name, required=self.required)

    def bound(self, of_union: float) -> float:
        """A bound on the optimum of all points, from one on the optimum of those kept."""
        if self.radius == 0.0:
            return of_union
        lost = thinning_for(self.objective_name).lost(self.radius, self.p)
        return (of_union + lost) * _ROUNDING + _TINIEST


def core_set(
    points: Any,
    p: int,
    metric: str = "euclidean",
    *,
    objective: str = DEFAULT_OBJECTIVE,
    size: int | None = None,
    block_rows: int = 100_000,
    threads: int = 1,
    required: ArrayLike = (),
    excluded: ArrayLike = (),
) -> CoreSet:
    """A few points of each block, whose union holds a selection of at least 1/3 of the optimum.

    Parameters
    ----------
    points : ndarray or Dask array, shape (n, d)
        One point a row.  Of an array, or a `numpy.memmap`, `block_rows` rows at a time are brought into
        memory; the blocks of a Dask array are its own, and its scheduler works on
        them.
    p : int
        How many points are to be chosen, 2 <= p <= n.
    metric : str
        "euclidean" or "normalized".
    objective : str
        "max-min" or "max-sum".
    size : int, optional
        How many points of a block to keep, at least p (the default).  For max-min more of them make the
        radius smaller.
    block_rows : int
        Rows in a block of an array.
    threads : int
        How many threads share the work on one block.
    required, excluded : array_like of int
        Rows that every selection holds, and that none does.

    Returns
    -------
    CoreSet
        The points kept, and what leaving out the others can have cost at most.

    Raises
    ------
    InputError
        The points are not finite (n, d) numbers, an argument is out of range, the metric is another.

    Notes
    -----
    O(size n d) time for max-min; for max-sum so much for every pass of local search.  The proof of the
    factor 3 is in the docstring of the module `solvers.scale.coresets`; with required points the bound
    holds, and no factor is proven.
    """
    thinning = thinning_for(objective)
    if is_tensor(points):
        points = as_array(points, "a numeric (n, d) array of points")
    if getattr(points, "ndim", None) != 2:
        got = f"shape {points.shape}" if hasattr(points, "shape") else type(points).__name__
        raise InputError(f"points must be an (n, d) array, got {got}.")
    known = points.shape[0]  # NaN where Dask cannot tell
    p = whole(p, "p", 2, known if isinstance(known, int) else _MANY)
    size = p if size is None else whole(size, "the size of a core-set", p, _MANY)
    block_rows = whole(block_rows, "block_rows", 1, _MANY)
    fixed = Membership()
    if isinstance(known, int):
        fixed = checked_membership(required, excluded, True, known, p, False)
    elif np.size(required) or np.size(excluded):
        raise InputError(
            "required and excluded rows need a Dask array whose chunks have known sizes; call its "
            "compute_chunk_sizes()."
        )
    wanted = {"size": size, "metric": metric, "thinning": thinning, "threads": threads}
    parts = [part for part in parts_of(points, block_rows, fixed, **wanted) if part is not None]
    n = sum(part.n for part in parts)
    if p > n:
        raise InputError(f"p must lie between 2 and n = {n}, got {p}.")
    starts = np.cumsum([0, *(part.n for part in parts[:-1])])
    rows = np.concatenate([start + part.rows for start, part in zip(starts, parts, strict=True)])
    return CoreSet(
        points=np.vstack([part.points for part in parts]),
        rows=rows,
        radius=max(part.radius for part in parts),
        n=n,
        p=p,
        metric=metric,
        objective_name=objective,
        required=tuple(np.searchsorted(rows, fixed.required).tolist()),
    )


def solve_core_set(
    core: CoreSet,
    solver: str | None = None,
    *,
    time_limit: float | None = 60.0,
    threads: int = 1,
    seed: int = 0,
) -> Solution:
    """Solve a core-set, and bound the optimum of all points.

    Parameters
    ----------
    core : CoreSet
        Made by `core_set`.
    solver, time_limit, threads, seed
        As in `solvers.solve`.

    Returns
    -------
    Solution
        ``selected`` are rows among all points; ``bound`` holds for all points, and is `None` if the
        solver proves nothing.  ``instance_digest`` is that of ``core.instance``.  An optimum of the
        core-set has a bound of at most 3 times its value.

    Examples
    --------
    >>> points = np.random.default_rng(0).random((1000, 2))
    >>> solution = solve_core_set(core_set(points, 5, block_rows=100))
    >>> solution.objective < solution.bound <= 3 * solution.objective
    True
    """
    of_union = solve(
        core.instance,
        solver,
        objective=core.objective_name,
        time_limit=time_limit,
        threads=threads,
        seed=seed,
    )
    bound = None if of_union.bound is None else core.bound(of_union.bound)
    status = of_union.status
    if status is Status.OPTIMAL and bound != of_union.objective:
        status = Status.FEASIBLE
    remark = f"on a core-set of {len(core.rows)} of {core.n} points"
    return replace(
        of_union,
        selected=None if of_union.selected is None else np.sort(core.rows[of_union.selected]),
        bound=bound,
        status=status,
        trace=tuple(_for_all(core, point) for point in of_union.trace),
        refutations=(),
        message="; ".join(filter(None, [remark, of_union.message])),
    )


def _for_all(core: CoreSet, point: TracePoint) -> TracePoint:
    return replace(point, bound=None if point.bound is None else core.bound(point.bound))
