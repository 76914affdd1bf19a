"""Farthest-point insertion: by a matrix at the speed of memory, by points with lazy distances."""

from __future__ import annotations

from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from solvers.kernels.compiled import compiled

Points = TypeVar("Points", NDArray[np.float32], NDArray[np.float64])
Whole = NDArray[np.int32] | NDArray[np.int64]

BLOCK = 256  #: points that share one bound


@compiled(["int64(Array(int32, 2, 'C', True))", "int64(Array(int64, 2, 'C', True))"])
def longest_end(matrix: Whole) -> int:
    """The lowest row that holds the largest entry of a symmetric matrix; reads half of it."""
    at, best = 0, matrix[0, 0] - 1
    for i in range(len(matrix)):
        row = matrix[i, i:]
        largest = best
        for j in range(len(row)):
            largest = max(largest, row[j])
        if largest > best:
            at, best = i, largest
    return at


@compiled(
    [
        "int64[::1](Array(int32, 2, 'C', True), int64, int64)",
        "int64[::1](Array(int64, 2, 'C', True), int64, int64)",
    ]
)
def farthest(matrix: Whole, start: int, p: int) -> NDArray[np.int64]:
    """From `start`, p - 1 times add the point farthest from those chosen; ties to the lowest.

    One pass a step over one row lowers the distances and finds the largest; both are vectorised,
    because whole numbers, unlike floats, have no NaN to mind.  Off the diagonal no entry may be
    negative.
    """
    chosen = np.empty(p, dtype=np.int64)
    nearest = matrix[start].copy()
    point = start
    for k in range(p):
        chosen[k] = point
        nearest[point] = -1
        row, largest = matrix[point], nearest[point]  # nothing is less than -1
        for i in range(len(nearest)):
            nearest[i] = min(nearest[i], row[i])
            largest = max(largest, nearest[i])
        for i in range(len(nearest)):
            if nearest[i] == largest:
                point = i
                break
    return chosen


@compiled(any_order=True)
def _squared(x: Points, y: Points) -> float:
    """Squared Euclidean distance."""
    total = x[0] - x[0]
    for j in range(len(x)):
        difference = x[j] - y[j]
        total += difference * difference
    return total


_SWEEP = (
    "int64(Array({0}, 2, 'C', True), {0}[:, ::1], int64, {0}[::1], int32[::1], {0}[::1], int64, int64)"
)


@compiled([_SWEEP.format("float32"), _SWEEP.format("float64")])
def farthest_point(
    points: Points,
    centres: Points,
    k: int,
    nearest: Points,
    seen: NDArray[np.int32],
    tops: Points,
    first: int,
    step: int,
) -> int:
    """The point farthest from the first `k` centres, in every `step`-th block from `first`.

    Distances to the chosen only shrink, so an old one is an upper bound.  It is brought up to date
    only where it could still be the largest: the lazy evaluation of Minoux, "Accelerated greedy
    algorithms for maximizing submodular set functions", 1978, one block of points after the other.

    Parameters
    ----------
    points : ndarray, shape (n, d)
        All of them.
    centres : ndarray, shape (p, d)
        The chosen ones, of which the first `k` count.
    k : int
        How many centres there are.
    nearest : ndarray, shape (n,)
        Upper bounds on the squared distances to the centres; -1 at the centres.  Lowered.
    seen : ndarray of int32, shape (n,)
        How many centres each bound takes into account.  Raised.
    tops : ndarray, shape (ceil(n / BLOCK),)
        Upper bounds on the bounds of each block.  Lowered.
    first, step : int
        Which blocks; threads share the work by different values of `first`.

    Returns
    -------
    int
        The lowest index of the largest distance, -1 if nothing is left.
    """
    best, at = nearest.dtype.type(-1), -1
    highest = first
    for b in range(first, len(tops), step):
        if tops[b] > tops[highest]:
            highest = b
    for turn in range(first - step, len(tops), step):
        b = highest if turn < first else turn  # the most promising one first
        if turn == highest or tops[b] < best or (tops[b] == best and b * BLOCK > at):
            continue
        top = nearest.dtype.type(-1)
        for i in range(b * BLOCK, min(len(points), b * BLOCK + BLOCK)):
            if nearest[i] > best or (nearest[i] == best and i < at):
                for c in range(seen[i], k):
                    nearest[i] = min(nearest[i], _squared(points[i], centres[c]))
                seen[i] = k
                if nearest[i] > best or (nearest[i] == best and i < at):
                    best, at = nearest[i], i
            top = max(top, nearest[i])
        tops[b] = top
    return at


_LOWER = "void(Array({0}, 2, 'C', True), int64[::1], float64[::1])"


@compiled([_LOWER.format("float32"), _LOWER.format("float64")])
def lower(points: Points, centres: NDArray[np.int64], nearest: NDArray[np.float64]) -> None:
    """Lower the distances `nearest`, shape (n,), to those to the points `centres`.

    Without squares that underflow or overflow: differences are divided by the largest.
    """
    d = points.shape[1]
    for i in range(len(points)):
        for c in centres:
            widest = 0.0
            for j in range(d):
                widest = max(widest, abs(np.float64(points[i, j]) - np.float64(points[c, j])))
                if widest >= nearest[i]:
                    break
            if widest == 0.0:
                nearest[i] = min(nearest[i], 0.0)
            elif widest < nearest[i]:
                total = 0.0
                for j in range(d):
                    part = (np.float64(points[i, j]) - np.float64(points[c, j])) / widest
                    total += part * part
                nearest[i] = min(nearest[i], widest * np.sqrt(total))
