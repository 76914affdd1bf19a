"""The parts of GRASP with path relinking, on ranks: construction, local search, relinking.

Source: Resende, Marti, Gallego and Duarte, "GRASP and path relinking for the max-min diversity
problem", Computers & Operations Research 37, 2010, sections 2 to 4.  A step costs O(n p), in `climb`
for every member that attains the minimum; how near the members are to each other is kept up to date.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from solvers.kernels.compiled import compiled
from solvers.kernels.random_numbers import random_below

Ints = NDArray[np.int32]
State = NDArray[np.uint64]

_FAR = 2**31 - 1


@compiled()
def _lower(nearest: Ints, row: Ints) -> None:
    """Take the minimum entry by entry."""
    for i in range(len(nearest)):
        nearest[i] = min(nearest[i], row[i])


@compiled()
def _reach(ranks: Ints, members: Ints, without: int, nearest: Ints) -> None:
    """Fill ``nearest[i]`` = lowest rank from i to a member other than ``members[without]``.

    Members themselves get -1, their rank to themselves; so does the one left out, to bar its return.
    """
    nearest[:] = _FAR
    for k in range(len(members)):
        if k != without:
            _lower(nearest, ranks[members[k]])
    nearest[members[without]] = -1


@compiled()
def _to_others(ranks: Ints, members: Ints, k: int) -> int:
    """The lowest rank from ``members[k]`` to another member."""
    row, lowest = ranks[members[k]], np.int32(_FAR)
    for j in range(len(members)):
        if j != k:
            lowest = min(lowest, row[members[j]])
    return lowest


@compiled()
def _exchange(ranks: Ints, members: Ints, apart: Ints, k: int, point: int) -> None:
    """Put `point` into place k, and keep ``apart[j]`` = lowest rank from member j to another."""
    before, now = ranks[members[k]], ranks[point]
    members[k] = point
    for j in range(len(members)):
        i = members[j]
        if j == k or (before[i] == apart[j] and now[i] > apart[j]):
            apart[j] = _to_others(ranks, members, j)
        else:
            apart[j] = min(apart[j], now[i])


@compiled()
def _weakest(apart: Ints, leaving: NDArray[np.bool_], state: State) -> int:
    """A place of those `leaving` whose nearest member is at the lowest rank."""
    weakest, lowest, ties = -1, np.int32(_FAR), 0
    for k in range(len(apart)):
        if not leaving[k] or (weakest >= 0 and apart[k] > lowest):
            continue
        ties = ties + 1 if weakest >= 0 and apart[k] == lowest else 1
        if ties == 1 or random_below(state, ties) == 0:
            weakest = k
        lowest = apart[k]
    return weakest


@compiled("int64(int32[:, ::1], int32[::1])")
def value_of(ranks: Ints, members: Ints) -> int:
    """The smallest rank between two members."""
    lowest = np.int32(_FAR)
    for k in range(len(members)):
        row = ranks[members[k]]
        for j in range(k):
            lowest = min(lowest, row[members[j]])
    return np.int64(lowest)


@compiled("void(int32[:, ::1], int32[::1], int64, uint64[::1])")
def construct(ranks: Ints, members: Ints, percent: int, state: State) -> None:
    """Fill `members`: a random point, then p - 1 times one of those nearly farthest from the rest.

    Those within `percent` of the way from the farthest candidate down to the nearest one are drawn
    from uniformly: the restricted candidate list.
    """
    n = len(ranks)
    nearest = np.full(n, _FAR, dtype=np.int32)
    inside = np.zeros(n, dtype=np.bool_)
    for k in range(len(members)):
        low, high = np.int64(_FAR), np.int64(-1)
        for i in range(n):
            if not inside[i]:
                low, high = min(low, np.int64(nearest[i])), max(high, np.int64(nearest[i]))
        bar, seen, pick = high - (high - low) * percent // 100, 0, -1
        for i in range(n):
            if not inside[i] and nearest[i] >= bar:
                seen += 1
                if random_below(state, seen) == 0:
                    pick = i
        members[k] = pick
        inside[pick] = True
        _lower(nearest, ranks[pick])


@compiled("boolean(int32[:, ::1], int32[::1], int64)")
def climb(ranks: Ints, members: Ints, steps: int) -> bool:
    """Make up to `steps` improving swaps in place; returns whether none is left.

    A member of a closest pair is swapped for the outsider farthest from the other members if that
    lies beyond the closest pair: the value rises, or fewer pairs attain it.
    """
    n, p = len(ranks), len(members)
    nearest = np.empty(n, dtype=np.int32)
    apart = np.empty(p, dtype=np.int32)
    for k in range(p):
        apart[k] = _to_others(ranks, members, k)
    for _ in range(steps):
        lowest, improved = apart.min(), False
        for k in range(p):
            if apart[k] != lowest:
                continue
            _reach(ranks, members, k, nearest)
            best = int(np.argmax(nearest))
            if nearest[best] > lowest:
                _exchange(ranks, members, apart, k, best)
                improved = True
                break
        if not improved:
            return True
    return False


@compiled("void(int32[:, ::1], int32[::1], int32[::1], int32[::1], uint64[::1])")
def relink(ranks: Ints, source: Ints, target: Ints, best: Ints, state: State) -> None:
    """Walk from `source` to `target` and write the best selection strictly between them to `best`.

    Each step drops the member foreign to the target that is closest to another member, and adds the
    target's point farthest from those left.  `best` is the source where nothing lies between.
    """
    members = source.copy()
    best[:] = source
    wanted = np.zeros(len(ranks), dtype=np.bool_)
    wanted[target] = True
    leaving = ~wanted[members]
    wanted[members] = False
    nearest = np.empty(len(ranks), dtype=np.int32)
    apart = np.empty(len(members), dtype=np.int32)
    for k in range(len(members)):
        apart[k] = _to_others(ranks, members, k)
    highest = np.int64(-2)
    for _ in range(leaving.sum() - 1):
        k = _weakest(apart, leaving, state)
        _reach(ranks, members, k, nearest)
        pick = -1
        for i in range(len(ranks)):
            if wanted[i] and (pick < 0 or nearest[i] > nearest[pick]):
                pick = i
        _exchange(ranks, members, apart, k, pick)
        leaving[k], wanted[pick] = False, False
        value = np.int64(apart.min())
        if value > highest:
            highest = value
            best[:] = members
