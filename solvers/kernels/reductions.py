"""Points that a clique of size p can do without, or must take."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from solvers.kernels.bitset import Bits, count, drop, has, put
from solvers.kernels.compiled import compiled, lowest_bit


@compiled()
def _dominated(rows: Bits, alive: Bits, near: Bits, v: int) -> bool:
    """Whether a living non-neighbour of `v` has all of its living neighbours `near`."""
    words = len(alive)
    for w in range(words):
        others = alive[w] & ~rows[v, w]
        while others != 0:
            u = np.int64(w * 64) + np.int64(lowest_bit(others))
            others &= others - np.uint64(1)
            if u == v:
                continue
            covered = True
            for k in range(words):
                if near[k] & ~rows[u, k] != 0:
                    covered = False
                    break
            if covered:
                return True
    return False


@compiled()
def drop_dominated(rows: Bits, alive: Bits, near: Bits, p: int) -> bool:
    """Clear dominated points, and points of low degree, from `alive`, once; whether there were any."""
    changed = False
    for w in range(len(alive) - 1, -1, -1):
        left = alive[w]
        while left != 0:
            v = int(w * 64 + np.int64(lowest_bit(left)))
            left &= left - np.uint64(1)
            near[:] = rows[v] & alive
            if count(near) < p - 1 or _dominated(rows, alive, near, v):
                drop(alive, v)
                changed = True
    return changed


@compiled("int64[::1](uint64[:, ::1], int64)")
def undominated(rows: Bits, p: int) -> NDArray[np.int64]:
    """Points left when dominated points and points of low degree are removed, again and again.

    `v` is dominated by a non-neighbour `u` that has all of v's neighbours: in any clique, `u` can
    take the place of `v`.  A point with fewer than p - 1 neighbours lies in no clique of size p.  (On
    the complement this is the domination rule for independent sets: Fomin, Grandoni and Kratsch,
    Journal of the ACM 56(5), 2009; pendant and simplicial points are special cases of it.)

    Parameters
    ----------
    rows : ndarray of uint64, shape (m, words)
        Adjacency, from `bitset.adjacency`.
    p : int
        Size of the clique looked for.

    Returns
    -------
    ndarray of int64
        The surviving points, ascending.  They hold a clique of size p if and only if all points do.
    """
    m, words = rows.shape
    alive = np.zeros(words, dtype=np.uint64)
    for v in range(m):
        put(alive, v)
    near = np.empty(words, dtype=np.uint64)
    while drop_dominated(rows, alive, near, p):
        pass
    left = np.empty(m, dtype=np.int64)
    size = 0
    for v in range(m):
        if has(alive, v):
            left[size] = v
            size += 1
    return left[:size].copy()
