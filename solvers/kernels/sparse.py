"""Products with the conflicts of a threshold graph, of which there are few."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from solvers.kernels.compiled import compiled


@compiled("Tuple((int64[::1], int32[::1]))(int32[:, ::1], int64)")
def conflict_lists(ranks: NDArray[np.int32], t: int) -> tuple[NDArray[np.int64], NDArray[np.int32]]:
    """The points at rank < t from every point, in CSR form: starts, shape (n + 1,), and members."""
    n = len(ranks)
    starts = np.zeros(n + 1, dtype=np.int64)
    for i in range(n):
        near = np.int64(0)
        for j in range(n):
            near += ranks[i, j] < t
        starts[i + 1] = starts[i] + near - 1  # the diagonal is rank -1
    members = np.empty(starts[n], dtype=np.int32)
    for i in range(n):
        place = starts[i]
        for j in range(n):
            if j != i and ranks[i, j] < t:
                members[place] = j
                place += 1
    return starts, members


@compiled("float64[::1](int64[::1], int32[::1], float64[::1], float64[::1])")
def conflict_product(
    starts: NDArray[np.int64],
    members: NDArray[np.int32],
    weights: NDArray[np.float64],
    x: NDArray[np.float64],
) -> NDArray[np.float64]:
    """W C W x for the 0/1 matrix C of conflicts and W = diag(weights)."""
    n = len(x)
    image = np.empty(n, dtype=np.float64)
    weighted = weights * x
    for i in range(n):
        total = 0.0
        for k in range(starts[i], starts[i + 1]):
            total += weighted[members[k]]
        image[i] = weights[i] * total
    return image
