"""Bitset branch and bound: is there a clique of size p in this graph?

The BBMC family (San Segundo, Rodriguez-Losada and Jimenez, Computers & Operations Research 38, 2011):
candidates are bitsets, bounded by colouring (see `solvers.kernels.colouring`).
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from solvers.kernels.bitset import Bits, count, drop
from solvers.kernels.colouring import branching_points
from solvers.kernels.compiled import compiled
from solvers.kernels.reductions import drop_dominated

Points = NDArray[np.int32]

_SAMPLE = 20_000  # candidates looked at for dominated ones before asking whether that pays
_WORTHWHILE = 16  # it does if one in so many is dropped

EXHAUSTED, FOUND, PAUSED = 0, 1, 2  #: how `search` returned


@compiled("int32[::1](uint64[:, ::1], uint64[::1], int64)")
def root_points(rows: Bits, candidates: Bits, p: int) -> Points:
    """The points one of which is in any clique of size p among the candidates; tried from the end."""
    m, words = rows.shape
    points = np.empty(m, dtype=np.int32)
    classes = np.empty((p, m), dtype=np.int32)
    sizes = np.empty(p, dtype=np.int64)
    scratch = np.empty((2, words), dtype=np.uint64)
    size = branching_points(rows, candidates, p - 1, classes, sizes, scratch, points)
    return points[:size].copy()


@compiled(
    "int64(uint64[:, ::1], uint64[:, ::1], int32[:, ::1], int64[::1], int64[::1], int64[::1], int64)"
)
def search(
    rows: Bits,
    candidates: Bits,
    points: NDArray[np.int32],
    left: NDArray[np.int64],
    chosen: NDArray[np.int64],
    progress: NDArray[np.int64],
    nodes: int,
) -> int:
    """Look for a clique of size p, at most `nodes` nodes at a time.

    The whole state of the search is in its arguments, so a search that returns `PAUSED` goes on at
    the next call.

    Parameters
    ----------
    rows : ndarray of uint64, shape (m, words)
        Adjacency, from `bitset.adjacency`.
    candidates : ndarray of uint64, shape (p, words)
        Candidates at every depth; the first row says where to look.
    points : ndarray of int32, shape (p, m)
        Branching points at every depth.
    left, chosen : ndarray of int64, shape (p,)
        How many branching points are left at every depth; the point taken there.
    progress : ndarray of int64, shape (4,)
        Depth (-1: not begun) and nodes so far; candidates looked at for dominated ones, and dropped.
    nodes : int
        Pause after this many nodes.

    Returns
    -------
    int
        `EXHAUSTED`: there is none.  `FOUND`: it is ``chosen``.  `PAUSED`: call again.
    """
    m, words = rows.shape
    p = len(chosen)
    classes = np.empty((p, m), dtype=np.int32)
    sizes = np.empty(p, dtype=np.int64)
    scratch = np.empty((2, words), dtype=np.uint64)
    depth = progress[0]
    if depth < 0:
        depth = 0
        left[0] = branching_points(rows, candidates[0], p - 1, classes, sizes, scratch, points[0])
    stop = progress[1] + nodes
    while depth >= 0 and progress[1] < stop:
        if left[depth] == 0:
            depth -= 1
            continue
        progress[1] += 1
        left[depth] -= 1
        v = np.int64(points[depth, left[depth]])
        chosen[depth] = v
        missing = p - depth - 1
        if missing == 0:
            return FOUND
        child = candidates[depth + 1]
        child[:] = candidates[depth] & rows[v]
        drop(candidates[depth], int(v))
        size = count(child)
        if size >= missing and (progress[2] < _SAMPLE or progress[3] * _WORTHWHILE > progress[2]):
            drop_dominated(rows, child, scratch[0], missing)
            progress[2] += size
            size_left = count(child)
            progress[3] += size - size_left
            size = size_left
        if size < missing:
            continue
        depth += 1
        left[depth] = branching_points(rows, child, missing - 1, classes, sizes, scratch, points[depth])
    progress[0] = depth
    return EXHAUSTED if depth < 0 else PAUSED
