"""Farthest-point insertion on points, where a matrix of all distances would not fit."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from dispersion.arrays.points import as_array, real_array
from dispersion.errors import InputError
from dispersion.membership import checked_indices
from dispersion.metrics import metrics
from dispersion.metrics.normalized import unit_rows
from dispersion.parameters import whole

_METRICS = ("euclidean", "normalized")


def _rows(points: ArrayLike) -> NDArray[Any]:
    """The points in C order, float32 as they are and everything else as float64."""
    wanted = "a numeric (n, d) array of points"
    given = as_array(points, wanted)
    single = given.dtype in (np.float16, np.float32)
    rows = np.ascontiguousarray(given, np.float32) if single else real_array(given, wanted)
    if rows.ndim != 2 or 0 in rows.shape:
        raise InputError(f"points must have shape (n, d) with n, d >= 1, got {rows.shape}.")
    return rows


def _check_finite(rows: NDArray[Any], where: str = "") -> None:
    if np.isfinite(_largest(rows)):
        return
    bad = np.flatnonzero(~np.isfinite(rows).all(axis=1))
    if len(bad):
        raise InputError(
            f"point {bad[0]}{where} holds NaN or infinity; every coordinate must be finite."
        )


def _check_metric(metric: str) -> None:
    if metrics[metric].name not in _METRICS:
        raise InputError(
            f"without a matrix the metric must be one of {', '.join(_METRICS)}, got {metric!r}; "
            "for others solve Instance.from_points with 'greedy'."
        )


def checked_rows(points: ArrayLike, metric: str, where: str = "") -> NDArray[Any]:
    """Points whose Euclidean distances are those of `metric`; `where` is added to messages."""
    _check_metric(metric)
    rows = _rows(points)
    _check_finite(rows, where)
    return np.ascontiguousarray(unit_rows(rows)) if metric == "normalized" else rows


def _largest(rows: NDArray[Any]) -> float:
    """The largest absolute coordinate, without a copy of all; NaN if there is one."""
    return float(np.maximum(rows.max(), -rows.min()))


def _in_reach(rows: NDArray[Any]) -> NDArray[Any]:
    """The rows if squares of their differences cannot overflow nor all underflow; else in another unit.

    That is a copy in float64, multiplied by a power of two.
    """
    largest, kind = _largest(rows), np.finfo(rows.dtype)
    least, most = np.sqrt(kind.tiny) / kind.eps, np.sqrt(kind.max / (4.0 * rows.shape[1]))
    if largest == 0.0 or least <= largest <= most:
        return rows
    _, exponent = np.frexp(largest)
    return np.ldexp(rows.astype(np.float64), -int(exponent))


class _Search:
    """Upper bounds on every point's distance to the chosen ones, and how to find the largest.

    Parameters
    ----------
    rows : ndarray of float32 or float64, shape (n, d)
        The points.
    room : int
        How many centres there can be.
    threads : int
        How many threads share a search.
    """

    def __init__(self, rows: NDArray[Any], room: int, threads: int) -> None:
        from solvers.kernels.farthest import BLOCK

        n, d = rows.shape
        self.rows = rows
        self.centres = np.empty((room, d), dtype=rows.dtype)
        self.nearest = np.full(n, np.inf, dtype=rows.dtype)
        self.seen = np.zeros(n, dtype=np.int32)
        self.tops = np.full(-(-n // BLOCK), np.inf, dtype=rows.dtype)
        self.count = 0
        self.shares = min(threads, len(self.tops))

    def add(self, point: int) -> None:
        """Make a point a centre."""
        self.centres[self.count] = self.rows[point]
        self.nearest[point] = -1.0
        self.count += 1

    def share(self, first: int) -> int:
        """The farthest point of one thread's blocks, -1 if there is none."""
        from solvers.kernels.farthest import farthest_point

        bounds = (self.nearest, self.seen, self.tops)
        return farthest_point(self.rows, self.centres, self.count, *bounds, first, self.shares)

    def farthest(self, pool: ThreadPoolExecutor) -> int:
        """The point farthest from all centres; the lowest one of those that tie."""
        if self.shares == 1:
            return self.share(0)
        candidates = [point for point in pool.map(self.share, range(self.shares)) if point >= 0]
        return min(candidates, key=lambda point: (-self.nearest[point], point))


def _insertion(rows: NDArray[Any], start: list[int], p: int, threads: int) -> NDArray[np.intp]:
    search = _Search(_in_reach(rows), p, threads)
    kind = np.finfo(search.rows.dtype)
    least = kind.tiny / kind.eps  # smaller squares have lost digits, or all
    chosen = list(start)
    for point in chosen[:-1]:
        search.add(point)
    with ThreadPoolExecutor(max_workers=threads) as pool:
        while len(chosen) < p:
            search.add(chosen[-1])
            point = search.farthest(pool)
            if search.nearest[point] < least:
                return _without_squares(rows, chosen, p)
            chosen.append(point)
    return np.array(chosen, dtype=np.intp)


def _without_squares(rows: NDArray[Any], chosen: list[int], p: int) -> NDArray[np.intp]:
    """Continue with distances instead of squares, which underflow when all points are very near."""
    from solvers.kernels.farthest import lower

    nearest = np.full(len(rows), np.inf)
    lower(rows, np.array(chosen, dtype=np.int64), nearest)
    nearest[chosen] = -1.0
    while len(chosen) < p:
        point = int(nearest.argmax())
        if nearest[point] == 0.0:  # copies of the chosen
            chosen += np.flatnonzero(nearest == 0.0)[: p - len(chosen)].tolist()
            break
        chosen.append(point)
        lower(rows, np.array([point], dtype=np.int64), nearest)
        nearest[point] = -1.0
    return np.array(chosen, dtype=np.intp)


def farthest_from_points(
    points: ArrayLike,
    p: int,
    metric: str = "euclidean",
    *,
    start: int | ArrayLike | None = None,
    seed: int = 0,
    threads: int = 1,
) -> NDArray[np.intp]:
    """Starting from `start`, add the point farthest from those chosen until there are p.

    Needs no matrix: O(n + p d) memory beside the points.  Distances are brought up to date only where
    they could be the largest, so of the n p distances a tenth to a half is computed.

    Parameters
    ----------
    points : array_like, shape (n, d)
        One point a row.  float32 is computed in float32 and not copied if it is in C order; all else
        is computed in float64.
    p : int
        How many points, 1 <= p <= n.
    metric : str
        "euclidean" or "normalized" (which needs a copy of the points).
    start : int or array_like of int, optional
        The first point; or several that are in already, which come first, ascending.  If absent, the
        point farthest from a random one.
    seed : int
        Draws that random one.
    threads : int
        How many threads share the work; the answer is the same for any number.

    Returns
    -------
    ndarray of int, shape (p,)
        In the order in which they were chosen.  Ties go to the lowest index.  Of small whole numbers
        squares are exact, and these are the points that farthest-point greedy takes from the exact
        matrix; elsewhere rounding in the last bits decides between almost equal distances.

    Raises
    ------
    InputError
        The points are not finite (n, d) numbers, an argument is out of range, the metric is another.

    Notes
    -----
    Points of any scale will do, and several scales in one array: where squares of distances would
    overflow, the points are copied in another unit, and where they would underflow, distances are taken
    without squares.

    The smallest distance of the selection is at least half the best possible one (Ravi, Rosenkrantz
    and Tayi, Operations Research 42(2), 1994, whose first two points are the farthest pair; from any
    start by Gonzalez, Theoretical Computer Science 38, 1985); with several points at the start, of
    those selections that hold them.  Lazy evaluation is after Minoux,
    "Accelerated greedy algorithms for maximizing submodular set functions", 1978.

    Examples
    --------
    >>> farthest_from_points([[0.0], [1.0], [3.0], [7.0]], 3, start=0).tolist()
    [0, 3, 2]
    >>> farthest_from_points([[0.0], [1.0], [3.0], [7.0]], 3, start=[0, 3]).tolist()
    [0, 3, 2]
    """
    _check_metric(metric)
    rows = checked_rows(points, metric)
    n = len(rows)
    p = whole(p, "p", 1, n)
    threads = whole(threads, "threads", 1, 1024)
    seed = whole(seed, "seed", 0, 2**31 - 1)
    if np.isscalar(start) or getattr(start, "ndim", 1) == 0:
        return _insertion(rows, [whole(start, "start", 0, n - 1)], p, threads)
    first = () if start is None else checked_indices(start, "start", n)
    if not first:
        drawn = int(np.random.default_rng(seed).integers(n))
        first = (int(_insertion(rows, [drawn], min(2, n), threads)[-1]),)
    if len(first) > p:
        raise InputError(f"start holds {len(first)} points, and p = {p} are to be chosen; raise p.")
    return _insertion(rows, list(first), p, threads)
