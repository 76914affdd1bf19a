"""What a conflict costs in tabu search on a threshold: one each, or its depth.

The two take turns.  Counting conflicts packs many points; measuring how deep they are, as in the
elastic energies of circle packing, moves few points among many, where nearly all swaps leave the
count as it is.  A pair at rank r < t costs ceil((t - r) / 2**shift): a count if 2**shift exceeds
every rank, a depth in 16 to 256 steps otherwise.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from solvers.kernels.compiled import compiled
from solvers.kernels.random_numbers import random_below

Ints = NDArray[np.int32]
State = NDArray[np.uint64]

COUNT = 30  #: as a shift: every conflict costs 1
_FINEST_BITS = 8  # of a depth; drawn anew from half of that on, as no resolution suits all


@compiled()
def cost_of(rank: int, t: int, shift: int) -> int:
    """What a pair at `rank` costs: 0 from rank t on."""
    step = (np.int32(1) << np.int32(shift)) - np.int32(1)
    return (max(np.int32(t) - np.int32(rank), np.int32(0)) + step) >> np.int32(shift)


@compiled()
def join(row: Ints, point: int, t: int, shift: int, cost: Ints) -> None:
    """Add to ``cost[i]`` what point i would pay for the member `point`, whose ranks are `row`."""
    for i in range(len(row)):
        cost[i] += cost_of(row[i], t, shift)
    cost[point] -= cost_of(-1, t, shift)  # the diagonal is rank -1


@compiled()
def other_shift(shift: int, t: int, state: State) -> int:
    """The shift that measures depth after one that counts, and the other way round, at threshold t."""
    if shift != COUNT:
        return COUNT
    bits = 0
    while t >> bits:
        bits += 1
    return max(0, bits - _FINEST_BITS + random_below(state, _FINEST_BITS // 2 + 1))
