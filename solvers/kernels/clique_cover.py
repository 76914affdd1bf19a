"""Cliques of the conflict graph: rows that are stronger than those of their pairs.

Two points are in conflict for a rank t if their distance has a rank below t: at most one of them can
be in a selection that reaches t.  Of a clique of conflicts, too, at most one can.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from solvers.kernels.compiled import compiled, lowest_bit

Bits = NDArray[np.uint64]

_SLICE = 50_000_000  # steps of compiled code between two looks at the clock: some tens of milliseconds


@compiled("uint64[:, ::1](int32[:, ::1], int64)")
def conflicts_of(ranks: NDArray[np.int32], t: int) -> Bits:
    """Bitset rows: the points at rank < t from each point, itself left out."""
    n = len(ranks)
    rows = np.zeros((n, (n + 63) // 64), dtype=np.uint64)
    for i in range(n):
        for j in range(n):
            if i != j and ranks[i, j] < t:
                rows[i, j >> 6] |= np.uint64(1) << np.uint64(j & 63)
    return rows


@compiled()
def _join(v: int, near: Bits, uncovered: Bits, candidates: Bits, score: NDArray[np.int64]) -> None:
    """Keep the candidates `near` v, and count its uncovered edges in their score."""
    candidates &= near
    for w in range(len(candidates)):
        gained = uncovered[v, w] & candidates[w]
        while gained != 0:
            score[w * 64 + np.int64(lowest_bit(gained))] += 1
            gained &= gained - np.uint64(1)


@compiled()
def _best(candidates: Bits, score: NDArray[np.int64]) -> int:
    """The candidate with the highest score, the first of equals; -1 if there is none."""
    best = -1
    for w in range(len(candidates)):
        left = candidates[w]
        while left != 0:
            v = np.int64(w * 64) + np.int64(lowest_bit(left))
            left &= left - np.uint64(1)
            if best < 0 or score[v] > score[best]:
                best = v
    return best


def edge_clique_cover(
    ranks: NDArray[np.int32], t: int, look: Callable[[], None] = lambda: None
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Maximal cliques that together hold every conflict for rank t, found greedily.

    From each point that has uncovered conflicts a clique is grown, each time by the point that
    covers most new ones, until it is maximal.  (The greedy edge clique cover of Kellerman,
    "Determination of keyword conflict", IBM Technical Disclosure Bulletin 16(2), 1973, on bitsets.)

    Parameters
    ----------
    ranks : ndarray of int32, shape (n, n)
        Ranks of the distances.
    t : int
        Pairs below this rank are in conflict.
    look : callable
        Called every few milliseconds, so that an exception can stop it.

    Returns
    -------
    starts, members : ndarray of int64, shapes (k + 1,) and (m,)
        Clique c is ``members[starts[c]:starts[c + 1]]``: the rows of a sparse matrix.
    """
    rows = conflicts_of(ranks, t)
    uncovered = rows.copy()
    starts, members, first = [np.zeros(1, dtype=np.int64)], [np.empty(0, dtype=np.int64)], 0
    while first < len(rows):
        look()
        first, ends, points = _cover_from(rows, uncovered, first, _SLICE)
        starts.append(starts[-1][-1] + ends)
        members.append(points)
    return np.concatenate(starts), np.concatenate(members)


@compiled("Tuple((int64, int64[::1], int64[::1]))(uint64[:, ::1], uint64[:, ::1], int64, int64)")
def _cover_from(
    rows: Bits, uncovered: Bits, first: int, effort: int
) -> tuple[int, NDArray[np.int64], NDArray[np.int64]]:
    """Cliques that cover what is `uncovered` at points from `first` on, until so many words were read.

    Returns where to go on, the ends of the cliques, and their members.
    """
    n, words = rows.shape
    starts, members = [0], [np.int64(0) for _ in range(0)]
    score = np.empty(n, dtype=np.int64)
    for i in range(first, n):
        while uncovered[i].any():
            if effort < 0:
                return i, np.array(starts)[1:], np.array(members)
            effort -= 64 * words  # about what reading a word of candidates and scores takes
            candidates = rows[i].copy()
            score[:] = 0
            members.append(np.int64(i))
            _join(i, rows[i], uncovered, candidates, score)
            v = _best(candidates, score)
            while v >= 0:
                for u in members[starts[-1] :]:
                    uncovered[u, v >> 6] &= ~(np.uint64(1) << np.uint64(v & 63))
                    uncovered[v, u >> 6] &= ~(np.uint64(1) << np.uint64(u & 63))
                members.append(np.int64(v))
                effort -= 64 * words
                _join(v, rows[v], uncovered, candidates, score)
                v = _best(candidates, score)
            starts.append(len(members))
    return n, np.array(starts)[1:], np.array(members)


@compiled()
def _admit(
    ranks: NDArray[np.int32], low: int, cap: int, u: int, side: int, fits: NDArray[np.bool_]
) -> None:
    """Take from `fits`, shape (2, n), the points that cannot stand beside u in clique `side`."""
    for v in range(len(ranks)):
        if v == u or ranks[u, v] > cap:
            fits[0, v] = fits[1, v] = False
        elif ranks[u, v] >= low:
            fits[side, v] = False


@compiled("int64[::1](int32[:, ::1], int64, int64, int64)")
def clique_pair(ranks: NDArray[np.int32], low: int, i: int, j: int) -> NDArray[np.int64]:
    """Two cliques of conflicts for rank `low`, one through i, one through j, no farther apart.

    No two of the points returned are farther apart than i and j: for a rank above theirs all of them
    are in conflict, so that a selection holds one at most; for any rank from `low` up it holds two at
    most, one of each clique.

    Parameters
    ----------
    ranks : ndarray of int32, shape (n, n)
        Ranks of the distances.
    low : int
        A rank that ``ranks[i, j]`` is not below.
    i, j : int
        The pair.

    Returns
    -------
    ndarray of int64, shape (m,), m >= 2
        The points of both cliques; i and j come first, and none can be added.
    """
    n = len(ranks)
    fits = np.ones((2, n), dtype=np.bool_)
    points = np.empty(n, dtype=np.int64)
    points[0], points[1] = i, j
    _admit(ranks, low, ranks[i, j], i, 0, fits)
    _admit(ranks, low, ranks[i, j], j, 1, fits)
    before, size = 0, 2
    while size > before:
        before = size
        for side in range(2):  # in turn, so that neither clique starves the other
            for v in range(n):
                if fits[side, v]:
                    _admit(ranks, low, ranks[i, j], v, side, fits)
                    points[size] = v
                    size += 1
                    break
    return points[:size].copy()
