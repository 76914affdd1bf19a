"""Tabu search over swaps that raise the sum of the chosen distances.

Moves and tenures are those of Zhou, Hao and Duval, IEEE Transactions on Evolutionary Computation 21,
2017, without their aspiration: what is tabu is not done.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from solvers.kernels.compiled import compiled
from solvers.kernels.random_numbers import generator, random_below
from solvers.kernels.swaps import MATRIX, Floats, Ints, best_swap, members_first, swap, take_stock

State = NDArray[np.uint64]

_VALUE, _BEST = range(2)  # entries of `values`
_CLOCK, _STALLED = range(2)  # entries of `progress`
_TENURE = 15  # moves, times 1, 2, 4 or 8
_PERIOD = np.array([1, 2, 1, 4, 1, 2, 1, 8, 1, 2, 1, 4, 1, 2, 1])
_STRETCH = 100  # moves between two changes of the tenure


@compiled(
    f"void({MATRIX}, int64[::1], int64[::1], float64[::1], int64[::1], float64[::1], int64[::1],"
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
        k, j, gain = best_swap(distances, order, p, sums, until, now, reach)
        progress[_CLOCK] += 1
        progress[_STALLED] += 1
        if k < 0 or j < 0:
            continue
        tenure = _TENURE * _PERIOD[(now // _STRETCH) % len(_PERIOD)]
        away = min(tenure, (len(order) - p) // 2) + random_below(state, 3)
        stay = min((7 * tenure) // 10, p // 2) + random_below(state, 3)
        until[order[k]], until[order[j]] = now + 1 + away, now + 1 + stay
        swap(distances, order, sums, k, j)
        values[_VALUE] += gain
        if values[_VALUE] > values[_BEST] * (1.0 + 1e-12):
            values[_VALUE] = values[_BEST] = take_stock(distances, order, p, sums)
            best[:] = order[:p]
            progress[_STALLED] = 0


@compiled(f"float64({MATRIX}, int64[::1], int64, float64[::1])")
def _set_up(distances: Floats, order: Ints, p: int, sums: Floats) -> float:
    return take_stock(distances, order, p, sums)


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
        """Moves since the best value was found."""
        return int(self._progress[_STALLED])

    @property
    def best(self) -> NDArray[np.intp]:
        """The selection with that value, shape (p,), sorted."""
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
