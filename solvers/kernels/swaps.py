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
from solvers.kernels.random_numbers import generator, random_below

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
State = NDArray[np.uint64]

_VALUE, _BEST = range(2)  # entries of `values`
_CLOCK, _STALLED = range(2)  # entries of `progress`
_TENURE = 15  # moves, times 1, 2, 4 or 8
_PERIOD = np.array([1, 2, 1, 4, 1, 2, 1, 8, 1, 2, 1, 4, 1, 2, 1])
_STRETCH = 100  # moves between two changes of the tenure


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
def _best_swap(
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
def _swap(distances: Floats, order: Ints, sums: Floats, k: int, j: int) -> None:
    """Exchange the points at two places and bring the sums up to date."""
    u, v = order[k], order[j]
    order[k], order[j] = v, u
    left, entered = distances[u], distances[v]
    for i in range(len(sums)):
        sums[i] += entered[i] - left[i]


@compiled()
def _take_stock(distances: Floats, order: Ints, p: int, sums: Floats) -> float:
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


_MATRIX = "Array(float64, 2, 'C', True)"


@compiled(f"int64({_MATRIX}, int64[::1], int64, float64, int64)")
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
    tolerance = 1e-12 * _take_stock(distances, order, p, sums) / p  # below rounding, a gain may be none
    for made in range(swaps):
        k, j, gain = _best_swap(distances, order, p, sums, until, 0, reach)
        if k < 0 or gain <= tolerance:
            return made
        _swap(distances, order, sums, k, j)
    return swaps


@compiled(
    f"void({_MATRIX}, int64[::1], int64[::1], float64[::1], int64[::1], float64[::1], int64[::1],"
    " uint64[::1], float64, int64)"
)
def tabu_search(
    distances: Floats,
    order: Ints,
    best: Ints,
    sums: Floats,
    until: Ints,
    values: Floats,
    progress: Ints,
    state: State,
    reach: float,
    moves: int,
) -> None:
    """Carry out the best swap that is not tabu, good or bad, `moves` times.

    A point that left may not come back for a while, one that entered may not leave for 0.7 of it; how
    long goes up and down with time.  All arrays are those of a `SwapTabu`, and overwritten.
    """
    p = len(best)
    for _ in range(moves):
        now = progress[_CLOCK]
        k, j, gain = _best_swap(distances, order, p, sums, until, now, reach)
        progress[_CLOCK] += 1
        progress[_STALLED] += 1
        if k < 0 or j < 0:
            continue
        tenure = _TENURE * _PERIOD[(now // _STRETCH) % len(_PERIOD)]
        away = min(tenure, (len(order) - p) // 2) + random_below(state, 3)
        stay = min((7 * tenure) // 10, p // 2) + random_below(state, 3)
        until[order[k]], until[order[j]] = now + 1 + away, now + 1 + stay
        _swap(distances, order, sums, k, j)
        values[_VALUE] += gain
        if values[_VALUE] > values[_BEST] * (1.0 + 1e-12):
            values[_VALUE] = values[_BEST] = _take_stock(distances, order, p, sums)
            best[:] = order[:p]
            progress[_STALLED] = 0


@compiled(f"float64({_MATRIX}, int64[::1], int64, float64[::1])")
def _set_up(distances: Floats, order: Ints, p: int, sums: Floats) -> float:
    return _take_stock(distances, order, p, sums)


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


class SwapTabu:
    """A tabu search that can be continued; slicing its moves over calls changes nothing.

    Parameters
    ----------
    distances : ndarray, shape (n, n)
        Symmetric, not negative, zero on the diagonal.
    selected : ndarray of int, shape (p,)
        Where to start.
    seed : int
        Seed of every random choice; the same seed and moves give the same answers.
    """

    def __init__(self, distances: Floats, selected: NDArray[np.integer], seed: int) -> None:
        n = len(distances)
        self._distances = distances
        self._reach = float(distances.max())
        self._sums, self._until = np.empty(n), np.zeros(n, dtype=np.int64)
        self._values, self._progress = np.zeros(2), np.zeros(2, dtype=np.int64)
        self._state = generator(seed)
        self._best = np.empty(len(selected), dtype=np.int64)
        self.restart(selected)

    @property
    def value(self) -> float:
        """The best value since the last restart."""
        return float(self._values[_BEST])

    @property
    def stalled(self) -> int:
        """Moves since that was found."""
        return int(self._progress[_STALLED])

    @property
    def best(self) -> NDArray[np.intp]:
        """The selection that is worth it, shape (p,), sorted."""
        return np.sort(self._best).astype(np.intp)

    def restart(self, selected: NDArray[np.integer]) -> None:
        """Start anew at a selection: nothing is tabu, and no value is known."""
        p = len(self._best)
        self._order = members_first(len(self._sums), selected)
        self._best[:] = self._order[:p]
        self._until[:] = 0
        self._progress[:] = 0
        self._values[:] = _set_up(self._distances, self._order, p, self._sums)

    def improve(self, moves: int) -> None:
        """Make `moves` more."""
        tabu_search(
            self._distances,
            self._order,
            self._best,
            self._sums,
            self._until,
            self._values,
            self._progress,
            self._state,
            self._reach,
            moves,
        )
