"""Refute a group of points of a graph: no clique of size p holds one of them."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from solvers.kernels.bitset import Bits, drop, linked
from solvers.kernels.clique_search import EXHAUSTED, FOUND, PAUSED, search
from solvers.kernels.compiled import compiled
from solvers.kernels.reductions import drop_dominated

Ints = NDArray[np.int64]
Marks = NDArray[np.uint8]

_LEFT, _STAGE, _BEGUN, _FALLS, _NODES = range(5)  # entries of `progress`
_ALWAYS = 1 << 50  # so many points were dominated, so the search goes on looking for some
_TOGETHER = -1  # the stage in which the group is one point; later ones are for its members


@compiled()
def _joined(rows: Bits, group: Ints, w: int, clique: Ints) -> int:
    """The place of a member that is linked to w and to a whole clique; -1 if none is."""
    for k in range(len(group)):
        if not linked(rows, group[k], w):
            continue
        every = True
        for v in clique:
            if not linked(rows, group[k], v):
                every = False
                break
        if every:
            return k
    return -1


@compiled()
def _next_stage(rows: Bits, group: Ints, w: int, stage: int) -> int:
    """The next member that is linked to w; the size of the group if there is none."""
    stage += 1
    while stage < len(group) and not linked(rows, group[stage], w):
        stage += 1
    return stage


@compiled(
    "int64(uint64[:, ::1], uint64[::1], int32[::1], int64[::1], uint8[:, ::1], uint64[:, ::1], "
    "int32[:, ::1], int64[::1], int64[::1], int64[::1], int64[::1], int64[::1], int64)"
)
def refute_group(
    rows: Bits,
    candidates: Bits,
    partners: NDArray[np.int32],
    group: Ints,
    refuted: Marks,
    inner: Bits,
    points: NDArray[np.int32],
    left: Ints,
    chosen: Ints,
    inside: Ints,
    progress: Ints,
    witness: Ints,
    nodes: int,
) -> int:
    """Look for a clique of size p that holds a member, one partner of the group after the other.

    The group is taken for one point that is linked to all that any member is linked to.  Where a clique
    is found for it that no member completes, every member is tried by itself.  The whole state is in
    the arguments, so a search that returns `PAUSED` goes on at the next call.

    Parameters
    ----------
    rows : ndarray of uint64, shape (m, words)
        Adjacency.
    candidates : ndarray of uint64, shape (words,)
        Points that may be in the clique, beside the member; partners are dropped when they are done.
    partners : ndarray of int32
        Points one of which is in any clique of size p - 1 among the candidates; tried from the end.
    group : ndarray of int64, shape (g,)
        The members.
    refuted : ndarray of uint8, shape (g, m)
        Set to 1 where no clique of size p holds a member and a point.
    inner, points, left, chosen, inside
        The state of `clique_search.search` for size p - 2.
    progress : ndarray of int64, shape (5,)
        Partners left, stage, whether its search has begun, how often the group had to be parted, nodes.
    witness : ndarray of int64, shape (p,)
        The clique, if it is found.
    nodes : int
        Pause after about so many nodes.

    Returns
    -------
    int
        `EXHAUSTED`, `FOUND` or `PAUSED`.
    """
    q = len(chosen)
    near = np.empty(rows.shape[1], dtype=np.uint64)
    while progress[_LEFT] > 0:
        w, stage = int(partners[progress[_LEFT] - 1]), progress[_STAGE]
        if progress[_BEGUN] == 0:
            inner[0] = candidates & rows[w]
            if stage != _TOGETHER:
                inner[0] &= rows[group[stage]]
            while drop_dominated(rows, inner[0], near, q):
                pass
            inside[0], inside[3] = -1, _ALWAYS
            progress[_BEGUN] = 1
        before = inside[1]
        outcome = search(rows, inner, points, left, chosen, inside, nodes)
        used = max(1, inside[1] - before)
        progress[_NODES] += used
        nodes -= used
        if outcome == PAUSED:
            return PAUSED
        progress[_BEGUN] = 0
        if outcome == FOUND:
            member = _joined(rows, group, w, chosen) if stage == _TOGETHER else stage
            if member >= 0:
                witness[:q] = chosen
                witness[q], witness[q + 1] = w, group[member]
                return FOUND
            progress[_FALLS] += 1
            progress[_STAGE] = _next_stage(rows, group, w, stage)
        elif stage == _TOGETHER:
            refuted[:, w] = 1
            progress[_STAGE] = len(group)
        else:
            refuted[stage, w] = 1
            progress[_STAGE] = _next_stage(rows, group, w, stage)
        if progress[_STAGE] == len(group):
            drop(candidates, w)
            progress[_STAGE] = _TOGETHER
            progress[_LEFT] -= 1
        if nodes <= 0 and progress[_LEFT] > 0:
            return PAUSED
    return EXHAUSTED
