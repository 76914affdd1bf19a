"""Bitset branch and bound: is there a clique of size p in this graph?

The BBMC family (San Segundo, Rodriguez-Losada and Jimenez, Computers & Operations Research 38, 2011):
candidates are bitsets, bounded by a greedy sequential colouring.  Points that need a colour too many
are first tried by re-colouring (Tomita et al., WALCOM 2010) and then by infra-chromatic bounding
(San Segundo, Nikolaev and Batsyn, Computers & Operations Research 64, 2015): three colour classes of
which no clique can use all.  Points that survive both are branched on.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from solvers.kernels.bitset import Bits, count, drop, first, linked, put
from solvers.kernels.compiled import compiled
from solvers.kernels.reductions import drop_dominated

Points = NDArray[np.int32]
Classes = NDArray[np.int32]  # row a: the points of colour a
Sizes = NDArray[np.int64]  # how many they are

_SAMPLE = 20_000  # candidates looked at for dominated ones before asking whether that pays
_WORTHWHILE = 16  # it does if one in so many is dropped

EXHAUSTED, FOUND, PAUSED = 0, 1, 2  #: how `search` returned


@compiled("int64(uint64[:, ::1], int64)")
def colours(rows: Bits, enough: int) -> int:
    """Colours of a greedy sequential colouring, an upper bound on the clique size.

    Stops counting at `enough`: a return value of `enough` means "at least".
    """
    m, words = rows.shape
    uncoloured = np.zeros(words, dtype=np.uint64)
    for v in range(m):
        put(uncoloured, v)
    candidates = np.empty(words, dtype=np.uint64)
    used = 0
    while used < enough and first(uncoloured) >= 0:
        used += 1
        candidates[:] = uncoloured
        v = first(candidates)
        while v >= 0:
            drop(uncoloured, v)
            drop(candidates, v)
            for w in range(v >> 6, words):
                candidates[w] &= ~rows[v, w]
            v = first(candidates)
    return used


@compiled()
def _touches(rows: Bits, members: NDArray[np.int32], size: int, v: int) -> bool:
    """Whether `v` has a neighbour among the first `size` members."""
    for k in range(size):
        if linked(rows, v, members[k]):
            return True
    return False


@compiled()
def _only_neighbour(rows: Bits, members: NDArray[np.int32], size: int, v: int) -> int:
    """Position of v's only neighbour among the members; -1 if it has none, -2 if several."""
    place = -1
    for k in range(size):
        if linked(rows, v, members[k]):
            if place >= 0:
                return -2
            place = k
    return place


@compiled()
def _recolour(rows: Bits, classes: Classes, sizes: Sizes, v: int, usable: int) -> bool:
    """Give `v` one of the colours, moving one point aside if need be; spent ones have size 0."""
    for a in range(usable):
        if sizes[a] == 0:
            continue
        place = _only_neighbour(rows, classes[a], sizes[a], v)
        if place == -1:
            classes[a, sizes[a]] = v
            sizes[a] += 1
            return True
        if place < 0:
            continue
        aside = classes[a, place]
        for b in range(usable):
            if b != a and sizes[b] > 0 and not _touches(rows, classes[b], sizes[b], aside):
                classes[a, place] = v
                classes[b, sizes[b]] = aside
                sizes[b] += 1
                return True
    return False


@compiled()
def _absorb(rows: Bits, classes: Classes, sizes: Sizes, v: int, usable: int) -> bool:
    """Find two colours that hold no triangle with `v`: the three count as two, and are spent.

    Only colours in which `v` has a single neighbour are tried first in the pair; looking further
    halves the nodes of dense graphs and triples their cost.
    """
    for a in range(usable):
        if sizes[a] == 0:
            continue
        place = _only_neighbour(rows, classes[a], sizes[a], v)
        if place < 0:
            continue
        x = classes[a, place]
        for b in range(usable):
            if b == a or sizes[b] == 0:
                continue
            triangle = False
            for k in range(sizes[b]):
                y = classes[b, k]
                if linked(rows, v, y) and linked(rows, x, y):
                    triangle = True
                    break
            if not triangle:
                sizes[a] = sizes[b] = 0
                return True
    return False


@compiled()
def _branching_points(
    rows: Bits,
    candidates: Bits,
    usable: int,
    classes: Classes,
    sizes: Sizes,
    scratch: Bits,
    points: NDArray[np.int32],
) -> int:
    """Fill `points` with the candidates that `usable` colours cannot cover; returns how many.

    A clique of more than `usable` candidates must hold one of them.
    """
    uncoloured, free = scratch[0], scratch[1]
    uncoloured[:] = candidates
    for a in range(usable):
        sizes[a] = 0
        free[:] = uncoloured
        v = first(free)
        if v < 0:
            return 0
        while v >= 0:
            drop(uncoloured, v)
            drop(free, v)
            classes[a, sizes[a]] = v
            sizes[a] += 1
            for w in range(v >> 6, len(free)):
                free[w] &= ~rows[v, w]
            v = first(free)
    found = 0
    v = first(uncoloured)
    while v >= 0:
        drop(uncoloured, v)
        covered = _recolour(rows, classes, sizes, v, usable) or _absorb(rows, classes, sizes, v, usable)
        if not covered:
            points[found] = v
            found += 1
        v = first(uncoloured)
    return found


@compiled("int32[::1](uint64[:, ::1], uint64[::1], int64)")
def root_points(rows: Bits, candidates: Bits, p: int) -> Points:
    """The points one of which is in any clique of size p among the candidates; tried from the end."""
    m, words = rows.shape
    points = np.empty(m, dtype=np.int32)
    classes = np.empty((p, m), dtype=np.int32)
    sizes = np.empty(p, dtype=np.int64)
    scratch = np.empty((2, words), dtype=np.uint64)
    found = _branching_points(rows, candidates, p - 1, classes, sizes, scratch, points)
    return points[:found].copy()


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
        left[0] = _branching_points(rows, candidates[0], p - 1, classes, sizes, scratch, points[0])
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
        left[depth] = _branching_points(
            rows, child, missing - 1, classes, sizes, scratch, points[depth]
        )
    progress[0] = depth
    return EXHAUSTED if depth < 0 else PAUSED
