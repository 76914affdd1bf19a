"""A random generator that can be inlined.

xorshift64 of Marsaglia, "Xorshift RNGs", Journal of Statistical Software 8, 2003.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from solvers.kernels.compiled import compiled


def generator(seed: int) -> NDArray[np.uint64]:
    """The state of a generator, shape (1,): never 0, and mixed so that near seeds differ at once."""
    mixed = (2 * seed + 1) * 0x9E3779B97F4A7C15 % 2**64
    return np.array([mixed ^ (mixed >> 29)], dtype=np.uint64)


@compiled()
def random_below(state: NDArray[np.uint64], limit: int) -> int:
    """A random number in 0..limit-1; advances `state`."""
    x = state[0]
    x ^= x << np.uint64(13)
    x ^= x >> np.uint64(7)
    x ^= x << np.uint64(17)
    state[0] = x
    return np.int64((x >> np.uint64(11)) % np.uint64(limit))
