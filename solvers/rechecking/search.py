"""A clique search in plain Python: sets of points are whole numbers, one bit a point."""

from __future__ import annotations

import numpy as np

from dispersion.quotas.quota import Quotas
from solvers.rechecking.question import Clock, Pairs, Reply
from solvers.rechecking.refuters import core, smallest_last

_NODES_A_LOOK = 128  # at the clock


def _bits(row: Pairs) -> int:
    """A row of truth values as a set."""
    return int.from_bytes(np.packbits(row, bitorder="little").tobytes(), "little")


def _surplus(points: int, apart: list[int], need: int) -> int:
    """The points that do not fit into need - 1 classes of points that are not apart, greedily.

    Any `need` points that are pairwise apart include one of them.
    """
    for _ in range(need - 1):
        open_ = points
        while open_:
            lowest = open_ & -open_
            points ^= lowest
            open_ = (open_ ^ lowest) & ~apart[lowest.bit_length() - 1]
        if not points:
            break
    return points


def by_search(pairs: Pairs, p: int, clock: Clock, threads: int, quotas: Quotas = ()) -> Reply:
    """Branch on the points of the core that fewer than p colours leave over (Tomita and Seki, 2003)."""
    left = core(pairs, p)
    if len(left) < p:
        return Reply(refuted=True)
    left = left[smallest_last(pairs[np.ix_(left, left)])]
    apart = [_bits(row) for row in pairs[np.ix_(left, left)]]
    everyone = (1 << len(left)) - 1
    stack = [(everyone, _surplus(everyone, apart, p))]  # candidates, and those to branch on
    chosen: list[int] = []
    nodes = 0
    while stack:
        candidates, branches = stack.pop()
        if not branches:
            del chosen[-1:]
            continue
        v = branches.bit_length() - 1
        stack.append((candidates ^ 1 << v, branches ^ 1 << v))
        chosen.append(v)
        need = p - len(chosen)
        if need == 0:
            if all(quota.met(left[chosen]) for quota in quotas):
                return Reply(witness=left[chosen])
            del chosen[-1:]
            continue
        within = candidates & apart[v]
        stack.append((within, _surplus(within, apart, need) if within.bit_count() >= need else 0))
        nodes += 1
        if nodes % _NODES_A_LOOK == 0:
            clock.check_time()
    return Reply(refuted=True)
