"""Tabu search for p points at pairwise rank >= t, with t raised at every success.

The decision version of max-min dispersion is a search for a clique of size p, so the frame is that
of Wu and Hao, "An adaptive multistart tabu search approach to solve the maximum clique problem",
Journal of Combinatorial Optimization 26, 2013: swap the member in most conflict against the
outsider in least, with short random tenures, and restart from rarely moved points.  A move costs
O(n), as in the drop-add tabu search of Porumbel, Hao and Glover (Annals of Operations Research 186,
2011) for max-min diversity.
What a conflict costs takes turns: see `solvers.kernels.conflict_costs`.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from solvers.kernels.compiled import compiled
from solvers.kernels.conflict_costs import COUNT, Ints, State, cost_of, join, other_shift
from solvers.kernels.random_numbers import generator, random_below

Progress = NDArray[np.int64]

_COST, _UNTIL, _PRICE, _MOVED = range(4)  # rows of `points`, one entry a point
_MEMBER, _KEPT, _BEST = range(3)  # rows of `chosen`, one entry a member
_VALUE, _TOTAL, _LEAST, _STALLED, _CLOCK, _SHIFT = range(6)  # entries of `progress`

_FOREVER = 2**31 - 1  # members are barred from entering
_BARRED = 2**29  # above every cost


@compiled()
def _realised(ranks: Ints, members: Ints) -> int:
    """The smallest rank between two members."""
    lowest = np.int32(_FOREVER)
    for k in range(len(members)):
        row = ranks[members[k]]
        for j in range(k):
            lowest = min(lowest, row[members[j]])
    return np.int64(lowest)


@compiled()
def _begin(ranks: Ints, points: Ints, chosen: Ints, progress: Progress) -> None:
    """Compute all costs for a new threshold, kind of cost or selection; nothing is tabu."""
    t, shift = progress[_VALUE] + 1, progress[_SHIFT]
    cost, until = points[_COST], points[_UNTIL]
    cost[:] = 0
    until[:] = 0
    chosen[_KEPT] = 0
    for member in chosen[_MEMBER]:
        join(ranks[member], member, t, shift, cost)
        until[member] = _FOREVER
    total = np.int64(0)
    for member in chosen[_MEMBER]:
        total += cost[member]
    progress[_TOTAL] = progress[_LEAST] = total // 2
    progress[_STALLED] = progress[_CLOCK] = 0


@compiled()
def _restart(ranks: Ints, points: Ints, chosen: Ints, progress: Progress, state: State) -> None:
    """Build a new selection: cheapest point first, ties to the points moved least."""
    t, shift = progress[_VALUE] + 1, progress[_SHIFT]
    cost, inside, moved = points[_COST], points[_UNTIL], points[_MOVED]
    cost[:] = 0
    inside[:] = 0
    for k in range(chosen.shape[1]):
        pick, ties = -1, 0
        for i in range(len(ranks)):
            if inside[i] or (pick >= 0 and cost[i] > cost[pick]):
                continue
            if pick < 0 or (cost[i], moved[i]) < (cost[pick], moved[pick]):
                pick, ties = i, 1
            elif moved[i] == moved[pick]:
                ties += 1
                if random_below(state, ties) == 0:
                    pick = i
        chosen[_MEMBER, k] = pick
        inside[pick] = 1
        join(ranks[pick], pick, t, shift, cost)
    _begin(ranks, points, chosen, progress)


@compiled()
def _leaver(points: Ints, chosen: Ints, now: int, state: State) -> int:
    """Which member pays most and may leave, by its place; ties at random; -1 if none may."""
    cost, members, kept = points[_COST], chosen[_MEMBER], chosen[_KEPT]
    worst, most, ties = -1, np.int32(-1), 0
    for k in range(len(members)):
        paid = cost[members[k]]
        if paid < most or kept[k] > now:
            continue
        ties = ties + 1 if paid == most else 1
        most = paid
        if ties == 1 or random_below(state, ties) == 0:
            worst = k
    return worst


@compiled()
def _enterer(row: Ints, t: int, shift: int, points: Ints, now: int, state: State) -> int:
    """Which outsider pays least once the owner of `row` is out; ties at random; -1 if all are tabu.

    Plain loops, which the compiler vectorises, instead of one loop with branches.
    """
    cost, until, price = points[_COST], points[_UNTIL], points[_PRICE]
    least = np.int32(_BARRED)
    for i in range(len(row)):
        paid = cost[i] - cost_of(row[i], t, shift)
        price[i] = np.int32(_BARRED) if until[i] > np.int32(now) else paid
        least = min(least, price[i])
    if least == _BARRED:
        return -1
    ties = np.int32(0)
    for i in range(len(row)):
        ties += np.int32(price[i] == least)
    skip = random_below(state, int(ties))
    for i in range(len(row)):
        if price[i] == least:
            if skip == 0:
                return i
            skip -= 1
    return -1


@compiled()
def _swap(ranks: Ints, points: Ints, chosen: Ints, progress: Progress, state: State) -> None:
    """Make the best swap that is not tabu, if there is one."""
    t, shift, now = progress[_VALUE] + 1, progress[_SHIFT], progress[_CLOCK]
    n, p, cost = len(ranks), chosen.shape[1], points[_COST]
    k = _leaver(points, chosen, now, state)
    if k < 0:
        return
    u = chosen[_MEMBER, k]
    v = _enterer(ranks[u], t, shift, points, now, state)
    if v < 0:
        return
    progress[_TOTAL] += points[_PRICE, v] - cost[u]
    left, entered = ranks[u], ranks[v]
    for i in range(n):
        cost[i] += cost_of(entered[i], t, shift) - cost_of(left[i], t, shift)
    cost[u] += cost_of(-1, t, shift)  # their own diagonal entries
    cost[v] -= cost_of(-1, t, shift)
    tenure, spread = min(progress[_TOTAL], 10), max(p // 40, 6)
    away = tenure + random_below(state, spread)
    stay = (6 * tenure) // 10 + random_below(state, (6 * spread) // 10)
    chosen[_MEMBER, k], chosen[_KEPT, k] = v, now + 1 + min(stay, p // 2)
    points[_UNTIL, u], points[_UNTIL, v] = now + 1 + min(away, (n - p) // 2), _FOREVER
    points[_MOVED, u] += 1
    points[_MOVED, v] += 1


@compiled("void(int32[:, ::1], int32[:, ::1], int32[:, ::1], int64[::1], uint64[::1], int64, int64)")
def tabu_search(
    ranks: Ints, points: Ints, chosen: Ints, progress: Progress, state: State, ceiling: int, moves: int
) -> None:
    """Continue the search that the arrays hold, for up to `moves` more.

    Parameters
    ----------
    ranks : ndarray of int32, shape (n, n)
        Ranks of the distances, -1 on the diagonal.
    points, chosen, progress, state : ndarrays
        The search of a `ThresholdTabu`; overwritten.
    ceiling, moves : int
        A rank known not to be exceeded (stop there); moves to make.
    """
    patience = max(1000, 10 * len(ranks))
    for _ in range(moves):
        if progress[_VALUE] >= ceiling:
            return
        if progress[_STALLED] > patience:
            progress[_SHIFT] = other_shift(progress[_SHIFT], progress[_VALUE] + 1, state)
            _restart(ranks, points, chosen, progress, state)
        if progress[_TOTAL] > 0:
            _swap(ranks, points, chosen, progress, state)
        progress[_CLOCK] += 1
        progress[_STALLED] += 1
        if progress[_TOTAL] == 0:
            chosen[_BEST] = chosen[_MEMBER]
            progress[_VALUE] = _realised(ranks, chosen[_MEMBER])
            _begin(ranks, points, chosen, progress)
        elif progress[_TOTAL] < progress[_LEAST]:
            progress[_LEAST] = progress[_TOTAL]
            progress[_STALLED] = 0


@compiled("void(int32[:, ::1], int32[:, ::1], int32[:, ::1], int64[::1])")
def _set_up(ranks: Ints, points: Ints, chosen: Ints, progress: Progress) -> None:
    """Begin at the lowest rank within the given selection."""
    progress[_VALUE] = _realised(ranks, chosen[_MEMBER])
    progress[_SHIFT] = COUNT
    _begin(ranks, points, chosen, progress)


class ThresholdTabu:
    """A tabu search that can be continued; slicing its moves over calls changes nothing.

    Parameters
    ----------
    ranks : ndarray of int32, shape (n, n)
        Ranks of the distances, -1 on the diagonal, all below 2**29.
    selected : ndarray of int, shape (p,)
        Where to start.
    seed : int
        Seed of every random choice; the same seed and moves give the same answers.

    Attributes
    ----------
    value : int
        Smallest rank within the incumbent.
    """

    def __init__(self, ranks: Ints, selected: NDArray[np.intp], seed: int) -> None:
        self._ranks = ranks
        self._points = np.zeros((4, len(ranks)), dtype=np.int32)
        self._chosen = np.zeros((3, len(selected)), dtype=np.int32)
        self._chosen[:] = selected
        self._progress = np.zeros(6, dtype=np.int64)
        self._state = generator(seed)
        _set_up(ranks, self._points, self._chosen, self._progress)

    @property
    def value(self) -> int:
        """Smallest rank within the incumbent."""
        return int(self._progress[_VALUE])

    def improve(self, ceiling: int, iterations: int) -> NDArray[np.intp]:
        """Make up to `iterations` moves, fewer if rank `ceiling` is reached; returns the incumbent."""
        tabu_search(
            self._ranks, self._points, self._chosen, self._progress, self._state, ceiling, iterations
        )
        return np.sort(self._chosen[_BEST]).astype(np.intp)
