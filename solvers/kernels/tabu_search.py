"""Tabu search for p points at pairwise rank >= t, with t raised at every success.

The decision version of max-min dispersion is a search for a clique of size p, so the method is
that of Wu and Hao, "An adaptive multistart tabu search approach to solve the maximum clique problem",
Journal of Combinatorial Optimization 26, 2013: swap the member with most conflicts against the
outsider with fewest, with short random tenures, and restart from rarely moved points.  A move costs
O(n), as in the drop-add tabu search of Porumbel, Hao and Glover (Annals of Operations Research 186,
2011) for max-min diversity.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from solvers.kernels.compiled import compiled


@compiled()
def _random_below(state: NDArray[np.uint64], limit: int) -> int:
    """A random number in 0..limit-1 from the xorshift generator in `state`."""
    x = state[0]
    x ^= x << np.uint64(13)
    x ^= x >> np.uint64(7)
    x ^= x << np.uint64(17)
    state[0] = x
    return np.int64((x >> np.uint64(11)) % np.uint64(limit))


@compiled()
def _count_conflicts(
    ranks: NDArray[np.int32], inside: NDArray[np.bool_], t: int, conflicts: NDArray[np.int32]
) -> int:
    """Fill ``conflicts[i]`` = members at rank < t from i; returns the conflicting member pairs."""
    n = len(ranks)
    conflicts[:] = 0
    for member in range(n):
        if inside[member]:
            for i in range(n):
                conflicts[i] += ranks[member, i] < t
            conflicts[member] -= 1  # the diagonal is rank -1
    total = 0
    for member in range(n):
        if inside[member]:
            total += conflicts[member]
    return total // 2


@compiled()
def _realised(ranks: NDArray[np.int32], inside: NDArray[np.bool_]) -> int:
    """The smallest rank between two members."""
    n = len(ranks)
    lowest = np.int64(2**31 - 1)
    for i in range(n):
        if inside[i]:
            for j in range(i):
                if inside[j] and ranks[i, j] < lowest:
                    lowest = np.int64(ranks[i, j])
    return lowest


@compiled()
def _restart(
    ranks: NDArray[np.int32],
    p: int,
    t: int,
    moved: NDArray[np.int64],
    state: NDArray[np.uint64],
    inside: NDArray[np.bool_],
    conflicts: NDArray[np.int32],
) -> None:
    """Build a new selection: fewest conflicts first, ties to the points moved least."""
    n = len(ranks)
    inside[:] = False
    conflicts[:] = 0
    for _ in range(p):
        chosen, ties = -1, 0
        for i in range(n):
            if inside[i]:
                continue
            if chosen < 0 or (conflicts[i], moved[i]) < (conflicts[chosen], moved[chosen]):
                chosen, ties = i, 1
            elif conflicts[i] == conflicts[chosen] and moved[i] == moved[chosen]:
                ties += 1
                if _random_below(state, ties) == 0:
                    chosen = i
        inside[chosen] = True
        for i in range(n):
            conflicts[i] += ranks[chosen, i] < t
        conflicts[chosen] -= 1


@compiled()
def _worst_member(
    inside: NDArray[np.bool_],
    conflicts: NDArray[np.int32],
    tabu: NDArray[np.int64],
    now: int,
    state: NDArray[np.uint64],
) -> int:
    """The member with most conflicts that may leave; ties at random; -1 if all are tabu."""
    worst, ties = -1, 0
    for i in range(len(inside)):
        if not inside[i] or tabu[i] > now:
            continue
        if worst < 0 or conflicts[i] > conflicts[worst]:
            worst, ties = i, 1
        elif conflicts[i] == conflicts[worst]:
            ties += 1
            if _random_below(state, ties) == 0:
                worst = i
    return worst


@compiled()
def _best_outsider(
    inside: NDArray[np.bool_],
    conflicts: NDArray[np.int32],
    row: NDArray[np.int32],
    t: int,
    tabu: NDArray[np.int64],
    now: int,
    state: NDArray[np.uint64],
) -> int:
    """The outsider with fewest conflicts once the owner of `row` has left; -1 if all are tabu."""
    best, least, ties = -1, 0, 0
    for i in range(len(inside)):
        if inside[i] or tabu[i] > now:
            continue
        count = conflicts[i] - (row[i] < t)
        if best < 0 or count < least:
            best, least, ties = i, count, 1
        elif count == least:
            ties += 1
            if _random_below(state, ties) == 0:
                best = i
    return best


@compiled()
def _swap(
    ranks: NDArray[np.int32],
    p: int,
    t: int,
    inside: NDArray[np.bool_],
    conflicts: NDArray[np.int32],
    total: int,
    tabu: NDArray[np.int64],
    moved: NDArray[np.int64],
    now: int,
    state: NDArray[np.uint64],
) -> int:
    """Make the best swap that is not tabu, if any; returns the conflicting pairs left."""
    leaver = _worst_member(inside, conflicts, tabu, now, state)
    if leaver < 0:
        return total
    row = ranks[leaver]
    enterer = _best_outsider(inside, conflicts, row, t, tabu, now, state)
    if enterer < 0:
        return total
    total += conflicts[enterer] - (row[enterer] < t) - conflicts[leaver]
    for i in range(len(ranks)):
        conflicts[i] += np.int32(ranks[enterer, i] < t) - np.int32(row[i] < t)
    conflicts[leaver] += 1  # its own diagonal entry, taken off above
    conflicts[enterer] -= 1
    inside[leaver], inside[enterer] = False, True
    tenure = min(total, 10)
    spread = max(p // 40, 6)
    tabu[leaver] = now + 1 + tenure + _random_below(state, spread)
    tabu[enterer] = now + 1 + (6 * tenure) // 10 + _random_below(state, (6 * spread) // 10)
    moved[leaver] += 1
    moved[enterer] += 1
    return total


@compiled("int64(int32[:, ::1], boolean[::1], int64[::1], uint64[::1], int64, int64, int64, int64)")
def tabu_search(
    ranks: NDArray[np.int32],
    best: NDArray[np.bool_],
    moved: NDArray[np.int64],
    state: NDArray[np.uint64],
    p: int,
    ceiling: int,
    iterations: int,
    patience: int,
) -> int:
    """Improve the selection `best` in place.

    Parameters
    ----------
    ranks : ndarray of int32, shape (n, n)
        Ranks of the distances, -1 on the diagonal.
    best : ndarray of bool, shape (n,)
        The incumbent; overwritten by every better one.
    moved : ndarray of int64, shape (n,)
        How often each point was moved; kept between calls.
    state : ndarray of uint64, shape (1,)
        State of the random generator, not 0; kept between calls.
    p, ceiling : int
        Size of the selection; a rank known not to be exceeded (stop there).
    iterations, patience : int
        Moves to make; moves without progress before a restart.

    Returns
    -------
    int
        Smallest rank within `best`.
    """
    n = len(ranks)
    inside = best.copy()
    conflicts = np.empty(n, dtype=np.int32)
    tabu = np.zeros(n, dtype=np.int64)
    value = _realised(ranks, best)
    t = value + 1
    total = _count_conflicts(ranks, inside, t, conflicts)
    least, stalled = total, 0
    for now in range(iterations):
        if value >= ceiling:
            break
        if stalled > patience:
            _restart(ranks, p, t, moved, state, inside, conflicts)
            total = _count_conflicts(ranks, inside, t, conflicts)
            tabu[:] = 0
            least, stalled = total, 0
        if total > 0:
            total = _swap(ranks, p, t, inside, conflicts, total, tabu, moved, now, state)
        if total == 0:
            value = _realised(ranks, inside)
            best[:] = inside
            t = value + 1
            total = _count_conflicts(ranks, inside, t, conflicts)
            least, stalled = total, 0
        elif total < least:
            least, stalled = total, 0
        else:
            stalled += 1
    return value


class Tabu:
    """A tabu search that can be continued: the incumbent and what the search remembers.

    Parameters
    ----------
    ranks : ndarray of int32, shape (n, n)
        Ranks of the distances, -1 on the diagonal.
    selected : ndarray of int, shape (p,)
        Where to start.
    seed : int
        Seed of every random choice; the same seed and calls give the same answers.
    """

    def __init__(self, ranks: NDArray[np.int32], selected: NDArray[np.intp], seed: int) -> None:
        self._ranks = ranks
        self._p = len(selected)
        self._best = np.zeros(len(ranks), dtype=np.bool_)
        self._moved = np.zeros(len(ranks), dtype=np.int64)
        self._state = np.array([2 * seed + 0x9E3779B97F4A7C15], dtype=np.uint64)
        self._best[selected] = True

    def improve(self, ceiling: int, iterations: int) -> NDArray[np.intp]:
        """Make up to `iterations` moves, fewer if rank `ceiling` is reached; returns the incumbent."""
        patience = max(1000, 4 * len(self._ranks))
        tabu_search(
            self._ranks,
            self._best,
            self._moved,
            self._state,
            self._p,
            ceiling,
            iterations,
            patience,
        )
        return np.flatnonzero(self._best)
