"""Cliques of the conflict graph: sets of points of which a selection can hold one."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from solvers.kernels.bitset import Bits, put
from solvers.kernels.compiled import compiled, lowest_bit, popcount

Points = NDArray[np.int32]


@compiled()
def _common(one: Bits, other: Bits) -> int:
    """How many bits two bitsets share."""
    total = np.uint64(0)
    for w in range(len(one)):
        total += popcount(one[w] & other[w])
    return np.int64(total)


@compiled()
def _grow(conflicts: Bits, candidates: Bits, clique: Points, size: int) -> int:
    """Extend a clique to a maximal one, each time by the candidate that leaves most; its size."""
    while True:
        best, most = -1, -1
        for w in range(len(candidates)):
            left = candidates[w]
            while left != 0:
                v = np.int64(w * 64) + np.int64(lowest_bit(left))
                left &= left - np.uint64(1)
                kept = _common(conflicts[v], candidates)
                if kept > most:
                    best, most = v, kept
        if best < 0:
            return size
        clique[size] = best
        size += 1
        for w in range(len(candidates)):
            candidates[w] &= conflicts[best, w]


@compiled("Tuple((int64[::1], int32[::1], float64[::1]))(uint64[:, ::1], float64[::1], uint64[::1])")
def violated_cliques(
    conflicts: Bits, x: NDArray[np.float64], free: Bits
) -> tuple[NDArray[np.int64], Points, NDArray[np.float64]]:
    """Maximal cliques of total `x` more than 1, one from each start at most; in CSR form."""
    m, words = conflicts.shape
    support = np.flatnonzero(x > 1e-7)
    support = support[np.argsort(-x[support])]
    held = np.zeros(words, dtype=np.uint64)
    for v in support:
        put(held, int(v))
    starts = np.zeros(len(support) + 1, dtype=np.int64)
    totals = np.empty(len(support), dtype=np.float64)
    members = np.empty(1024, dtype=np.int32)
    clique = np.empty(m, dtype=np.int32)
    candidates = np.empty(words, dtype=np.uint64)
    count = 0
    for s in support:
        clique[0] = s
        size = 1
        total = x[s]
        for w in range(words):
            candidates[w] = conflicts[s, w] & held[w]
        while True:
            best, value = -1, -1.0
            for w in range(words):
                left = candidates[w]
                while left != 0:
                    v = np.int64(w * 64) + np.int64(lowest_bit(left))
                    left &= left - np.uint64(1)
                    worth = x[v]
                    for k in range(words):
                        both = candidates[k] & conflicts[v, k]
                        while both != 0:
                            worth += 0.5 * x[np.int64(k * 64) + np.int64(lowest_bit(both))]
                            both &= both - np.uint64(1)
                    if worth > value:
                        best, value = v, worth
            if best < 0:
                break
            clique[size] = best
            size += 1
            total += x[best]
            for w in range(words):
                candidates[w] &= conflicts[best, w]
        if total <= 1.0 + 1e-4:
            continue
        candidates[:] = free
        for k in range(size):
            for w in range(words):
                candidates[w] &= conflicts[clique[k], w]
        size = _grow(conflicts, candidates, clique, size)
        while starts[count] + size > len(members):
            more = np.empty(2 * len(members), dtype=np.int32)
            more[: len(members)] = members
            members = more
        members[starts[count] : starts[count] + size] = clique[:size]
        starts[count + 1] = starts[count] + size
        totals[count] = total
        count += 1
    return starts[: count + 1].copy(), members[: starts[count]].copy(), totals[:count].copy()


@compiled("int64(int64[::1], int32[::1], int64[::1], boolean[::1], int64, int64[::1])")
def weighted_cover(
    starts: NDArray[np.int64],
    members: Points,
    weights: NDArray[np.int64],
    free: NDArray[np.bool_],
    unit: int,
    surplus: NDArray[np.int64],
) -> int:
    """Bound, in units of `unit`, that clique weights prove: exact in integers, whatever the weights.

    Every point picked takes at most the weight of the cliques that hold it; what a point lacks to one
    unit is added for it.  `surplus` receives what each point has too much (< 0: lacks).
    """
    total = np.int64(0)
    surplus[:] = -unit
    for q in range(len(weights)):
        if weights[q] == 0:
            continue
        total += weights[q]
        for k in range(starts[q], starts[q + 1]):
            surplus[members[k]] += weights[q]
    for v in range(len(free)):
        if free[v] and surplus[v] < 0:
            total -= surplus[v]
    return total
