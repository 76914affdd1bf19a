"""Selections of clusters whose pairs are all open: a tabu search that lowers the number of others."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from solvers.kernels.compiled import compiled
from solvers.kernels.random_numbers import random_below

Ints = NDArray[np.int64]
Open = NDArray[np.uint8]

_TENURE, _SPREAD = 7, 10  # moves for which a cluster that left stays out: at least, and at random
_FOREVER = 1 << 30
_BARRED = 1 << 20  # above every number of conflicts


@compiled()
def _join(open_: Open, c: int, count: int, conflicts: NDArray[np.int32]) -> None:
    """Count the closed pairs of a cluster that comes in."""
    row = open_[c]
    for i in range(count):
        conflicts[i] += np.int32(1) - np.int32(row[i])


@compiled()
def _leaver(
    conflicts: NDArray[np.int32], chosen: Ints, kept: Ints, now: int, state: NDArray[np.uint64]
) -> int:
    """The place of a member in most conflicts that may leave; -1 if none may, -2 without conflicts."""
    most, place, ties, total = -1, -1, 0, 0
    for k in range(len(chosen)):
        own = conflicts[chosen[k]] - 1  # its pair with itself is closed
        total += own
        if kept[k] > now or own < most:
            continue
        ties = ties + 1 if own == most else 1
        most = own
        if ties == 1 or random_below(state, ties) == 0:
            place = k
    return -2 if total == 0 else place


@compiled()
def _enterer(
    row: NDArray[np.uint8],
    count: int,
    conflicts: NDArray[np.int32],
    until: NDArray[np.int32],
    now: int,
    state: NDArray[np.uint64],
) -> int:
    """The outsider in fewest conflicts once the owner of `row` is out, which it takes out; or -1."""
    fewest = np.int32(_BARRED)
    for i in range(count):
        conflicts[i] -= np.int32(1) - np.int32(row[i])
        barred = np.int32(_BARRED) if until[i] > np.int32(now) else np.int32(0)
        fewest = min(fewest, conflicts[i] + barred)
    if fewest >= _BARRED:
        return -1
    ties = np.int32(0)
    for i in range(count):
        ties += np.int32(conflicts[i] == fewest and until[i] <= np.int32(now))
    skip = random_below(state, int(ties))
    for i in range(count):
        if conflicts[i] == fewest and until[i] <= now:
            if skip == 0:
                return i
            skip -= 1
    return -1


@compiled("boolean(uint8[:, ::1], boolean[::1], int64[::1], int64, uint64[::1])")
def open_selection(
    open_: Open, alive: NDArray[np.bool_], chosen: Ints, moves: int, state: NDArray[np.uint64]
) -> bool:
    """Swap clusters until all pairs of the selection are open, for up to `moves` moves.

    Parameters
    ----------
    open_ : ndarray of uint8, shape (capacity, capacity)
        1 where a pair is open; 0 on the diagonal.
    alive : ndarray of bool, shape (count,)
        Which clusters may be chosen.
    chosen : ndarray of int64, shape (p,)
        Where to begin; overwritten.
    moves : int
        Swaps at most.
    state : ndarray of uint64
        Of the random generator.

    Returns
    -------
    bool
        Whether all pairs are open.
    """
    count, p = len(alive), len(chosen)
    conflicts, until = np.zeros(count, dtype=np.int32), np.zeros(count, dtype=np.int32)
    for i in range(count):
        if not alive[i]:
            until[i] = _FOREVER
    for c in chosen:
        until[c] = _FOREVER
        _join(open_, c, count, conflicts)
    kept = np.zeros(p, dtype=np.int64)
    for now in range(moves):
        k = _leaver(conflicts, chosen, kept, now, state)
        if k == -2:
            return True
        if k < 0:
            continue
        out = chosen[k]
        into = _enterer(open_[out], count, conflicts, until, now, state)
        if into < 0:
            into = out
        until[out] = now + _TENURE + random_below(state, _SPREAD)
        until[into] = _FOREVER
        chosen[k], kept[k] = into, now + 1 + random_below(state, max(1, p // 3))
        _join(open_, into, count, conflicts)
    return False
