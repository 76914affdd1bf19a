"""Selections of points, improved one point at a time, by distances that are computed when needed."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from solvers.kernels.compiled import compiled
from solvers.kernels.point_distances import Columns, Floats, Members, least_square, squared
from solvers.kernels.random_numbers import random_below

_SWEEPS = 30  # over a selection to be repaired
_PATIENCE = 3  # sweeps without fewer conflicts


@compiled()
def _nearest(
    points: Columns, near: Floats, members: Members, k: int, point: int, least: float
) -> float:
    """Squared distance of a point to the nearest member but the k-th; any below `least` will do."""
    closest = near[point]
    for b in range(len(members)):
        if b != k:
            closest = min(closest, squared(points, point, members[b]))
        if closest <= least:
            return closest
    return closest


@compiled("float64(float64[:, ::1], float64[::1], int64[::1], int64)")
def ascend(points: Columns, near: Floats, members: Members, sweeps: int) -> float:
    """Move every member of a closest pair to where its nearest other is farthest, while that helps.

    Parameters
    ----------
    points : ndarray, shape (d, n)
        All of them.
    near : ndarray, shape (n,)
        Squared distances to the points that are in anyway; infinite if there are none.
    members : ndarray of int64, shape (p,)
        The selection; overwritten.
    sweeps : int
        How often to go through the members.

    Returns
    -------
    float
        The least square among the members.
    """
    n = points.shape[1]
    least = least_square(points, near, members)
    for _ in range(sweeps):
        moved = False
        for k in range(len(members)):
            best = _nearest(points, near, members, k, members[k], -1.0)
            if best > least:
                continue
            for i in range(n):
                reached = _nearest(points, near, members, k, i, best)
                if reached > best:
                    best = reached
                    members[k] = i
                    moved = True
        least = least_square(points, near, members)
        if not moved:
            break
    return least


@compiled()
def _best_member(
    points: Columns, segment: Members, chosen: Members, k: int, least: float
) -> tuple[int, int]:
    """The point of a segment that has the fewest others nearer than `least`, and how many."""
    fewest, farthest, best = len(chosen) + 1, -1.0, chosen[k]
    for point in segment:
        conflicts, closest = 0, np.inf
        for b in range(len(chosen)):
            if b != k:
                square = squared(points, point, chosen[b])
                conflicts += square < least
                closest = min(closest, square)
        if conflicts < fewest or (conflicts == fewest and closest > farthest):
            fewest, farthest, best = conflicts, closest, point
    return best, fewest


@compiled("int64(float64[:, ::1], int64[::1], int64[:, ::1], float64, int64, uint64[::1], int64[::1])")
def represent(
    points: Columns,
    order: Members,
    segments: NDArray[np.int64],
    least: float,
    tries: int,
    state: NDArray[np.uint64],
    best: Members,
) -> int:
    """One point of every segment, with as few pairs nearer than `least` as are found.

    Parameters
    ----------
    points : ndarray, shape (d, n)
        All of them.
    order : ndarray of int64, shape (n,)
        Points, of which the segments are parts.
    segments : ndarray of int64, shape (p, 2)
        Where each begins and ends.
    least : float
        Squared distance that pairs should reach.
    tries : int
        Random starts.
    state : ndarray of uint64
        Of the random generator.
    best : ndarray of int64, shape (p,)
        The points; overwritten.

    Returns
    -------
    int
        How many pairs are too near.
    """
    p = len(segments)
    chosen = np.empty(p, dtype=np.int64)
    fewest = p * p
    for _ in range(tries):
        for k in range(p):
            chosen[k] = order[segments[k, 0] + random_below(state, segments[k, 1] - segments[k, 0])]
        before, stalled = 2 * fewest + 1, 0
        for _sweep in range(_SWEEPS):
            total = 0
            for k in range(p):
                segment = order[segments[k, 0] : segments[k, 1]]
                chosen[k], conflicts = _best_member(points, segment, chosen, k, least)
                total += conflicts
            stalled = stalled + 1 if total >= before else 0
            if total == 0 or stalled == _PATIENCE:
                break
            before = total
        pairs = 0
        for a in range(p):
            for b in range(a):
                pairs += squared(points, chosen[a], chosen[b]) < least
        if pairs < fewest:
            fewest = pairs
            best[:] = chosen
        if fewest == 0:
            break
    return fewest
