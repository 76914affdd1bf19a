"""How large a clique can be, by colouring; and the points to branch on.

A greedy sequential colouring bounds the size of a clique.  Points that need a colour too many are
first tried by re-colouring (Tomita et al., WALCOM 2010) and then by infra-chromatic bounding (San
Segundo, Nikolaev and Batsyn, Computers & Operations Research 64, 2015): three colour classes of which
no clique can use all.  Points that survive both are branched on.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from solvers.kernels.bitset import Bits, drop, first, linked, put
from solvers.kernels.compiled import compiled

Classes = NDArray[np.int32]  # row a: the points of colour a
Sizes = NDArray[np.int64]  # how many they are


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
def branching_points(
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
    kept = 0
    v = first(uncoloured)
    while v >= 0:
        drop(uncoloured, v)
        covered = _recolour(rows, classes, sizes, v, usable) or _absorb(rows, classes, sizes, v, usable)
        if not covered:
            points[kept] = v
            kept += 1
        v = first(uncoloured)
    return kept
