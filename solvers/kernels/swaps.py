"""Swaps of a chosen for another point that raise the sum of the chosen distances.

For every point the sum of its distances to the members is kept, so the gain of a swap is read off,
``sum[v] - sum[u] - d(u, v)``, and carrying one out costs O(n).  Of the p (n - p) swaps only those are
tried whose two sums are near enough to the best ones to matter: the constrained neighbourhood of Zhou,
Hao and Duval, IEEE Transactions on Evolutionary Computation 21, 2017.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from solvers.kernels.compiled import compiled

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

MATRIX = "Array(float64, 2, 'C', True)"  #: of distances, as numba calls it


@compiled()
def _near_best(
    order: Ints, p: int, sums: Floats, until: Ints, now: int, reach: float
) -> tuple[Ints, Ints]:
    """Places of the members and outsiders whose sums are within `reach` of the best."""
    least, most = np.inf, -np.inf
    for k in range(len(order)):
        if until[order[k]] <= now:
            if k < p:
                least = min(least, sums[order[k]])
            else:
                most = max(most, sums[order[k]])
    leavers = np.empty(p, dtype=np.int64)
    enterers = np.empty(len(order) - p, dtype=np.int64)
    a = b = 0
    for k in range(len(order)):
        if until[order[k]] > now:
            continue
        if k < p and sums[order[k]] <= least + reach:
            leavers[a] = k
            a += 1
        elif k >= p and sums[order[k]] >= most - reach:
            enterers[b] = k
            b += 1
    return leavers[:a], enterers[:b]


@compiled()
def best_swap(
    distances: Floats, order: Ints, p: int, sums: Floats, until: Ints, now: int, reach: float
) -> tuple[int, int, float]:
    """Places of the two points of the swap that gains most, and its gain; ties to the lowest points."""
    leavers, enterers = _near_best(order, p, sums, until, now, reach)
    best, at, to = -np.inf, -1, -1
    for k in leavers:
        u = order[k]
        row, own = distances[u], sums[u]
        for j in enterers:
            v = order[j]
            gain = sums[v] - own
            if gain < best:  # distances are not negative
                continue
            gain -= row[v]
            if gain > best or (gain == best and (u, v) < (order[at], order[to])):
                best, at, to = gain, k, j
    return at, to, best


@compiled()
def swap(distances: Floats, order: Ints, sums: Floats, k: int, j: int) -> None:
    """Exchange the points at two places and bring the sums up to date."""
    u, v = order[k], order[j]
    order[k], order[j] = v, u
    left, entered = distances[u], distances[v]
    for i in range(len(sums)):
        sums[i] += entered[i] - left[i]


@compiled()
def take_stock(distances: Floats, order: Ints, p: int, sums: Floats) -> float:
    """Compute the sums anew; returns the value of the selection."""
    sums[:] = 0.0
    for k in range(p):
        row = distances[order[k]]
        for i in range(len(sums)):
            sums[i] += row[i]
    total = 0.0
    for k in range(p):
        total += sums[order[k]]
    return total / 2.0


@compiled(f"int64({MATRIX}, int64[::1], int64, float64, int64)")
def climb(distances: Floats, order: Ints, p: int, reach: float, swaps: int) -> int:
    """Carry out the swap that gains most, until none gains or `swaps` were made; returns how many.

    Parameters
    ----------
    distances : ndarray, shape (n, n)
        Symmetric, not negative, zero on the diagonal.
    order : ndarray of int64, shape (n,)
        All points, the members first; rearranged.
    p : int
        How many members there are.
    reach : float
        The largest distance.
    swaps : int
        How many swaps to make at most.
    """
    sums, until = np.empty(len(order)), np.zeros(len(order), dtype=np.int64)
    tolerance = 1e-12 * take_stock(distances, order, p, sums) / p  # below rounding, a gain may be none
    for made in range(swaps):
        k, j, gain = best_swap(distances, order, p, sums, until, 0, reach)
        if k < 0 or gain <= tolerance:
            return made
        swap(distances, order, sums, k, j)
    return swaps


def members_first(n: int, selected: NDArray[np.integer]) -> Ints:
    """All of n points, shape (n,), those that are selected first."""
    others = np.setdiff1d(np.arange(n), selected)
    return np.concatenate([selected, others]).astype(np.int64)


def local_optimum(
    distances: Floats, selected: NDArray[np.integer], swaps: int = 2**62
) -> tuple[NDArray[np.intp], bool]:
    """The selection after the best swaps, at most `swaps`, and whether no swap gains any more."""
    order, p = members_first(len(distances), selected), len(selected)
    made = climb(distances, order, p, float(distances.max()), swaps)
    return np.sort(order[:p]).astype(np.intp), made < swaps
