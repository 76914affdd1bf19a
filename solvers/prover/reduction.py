"""Shrink a threshold graph: p points at pairwise rank >= t remain if and only if there are any."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

import numpy as np
from numpy.typing import NDArray

from solvers.kernels.bitset import Bits, adjacency, core_order
from solvers.kernels.colouring import colours
from solvers.kernels.reductions import undominated


class Answer(Enum):
    """What is known of a probe; of a refuted one, what refuted it."""

    OPEN = "open"
    YES = "yes"
    # of what the reductions leave:
    CORE = "core"  #: the (p-1)-core has fewer than p points
    COLOURING = "colouring"  #: fewer than p colours suffice
    COVER = "cover"  #: a weighted cover by cliques of conflicts allows fewer than p points
    THETA = "theta"  #: the theta function allows fewer than p points
    SEARCH = "search"
    BRANCH_AND_CUT = "branch and cut"

    @property
    def refuted(self) -> bool:
        """Whether there are no such points."""
        return self not in (Answer.OPEN, Answer.YES)


@dataclass(frozen=True, slots=True)
class Reduced:
    """A threshold graph, reduced.

    Attributes
    ----------
    answer : Answer
        What the reductions alone prove.
    points : ndarray of int64, shape (m,)
        The points left, in minimum-width order.
    rows : ndarray of uint64, shape (m, words)
        Adjacency among them.
    p : int
        How many of them are wanted.
    taken : ndarray of int64
        Points that some best selection contains in any case.
    """

    answer: Answer
    points: NDArray[np.int64]
    rows: Bits
    p: int
    taken: NDArray[np.int64]


def cheap_answer(ranks: NDArray[np.int32], t: int, p: int) -> Answer:
    """Refute by core and colouring alone, or leave it open; O(n^2) time."""
    order = core_order(ranks, t, p)
    if len(order) < p:
        return Answer.CORE
    return Answer.COLOURING if colours(adjacency(ranks, order, t), p) < p else Answer.OPEN


def reduced(ranks: NDArray[np.int32], t: int, p: int) -> Reduced:
    """Peel the (p-1)-core, drop dominated points, take universal ones, until nothing more falls.

    Parameters
    ----------
    ranks : ndarray of int32, shape (n, n)
        Ranks of the distances, -1 on the diagonal.
    t, p : int
        Least rank of a selected pair; how many points.
    """
    taken: list[NDArray[np.int64]] = [np.empty(0, dtype=np.int64)]
    rows = np.empty((0, 0), dtype=np.uint64)

    def now(answer: Answer) -> Reduced:
        return Reduced(answer, points, rows, max(p, 0), np.concatenate(taken))

    points = core_order(ranks, t, p)
    if len(points) < p:
        return now(Answer.CORE)
    while True:
        kept = points[undominated(adjacency(ranks, points, t), p)]
        inner = np.ascontiguousarray(ranks[np.ix_(kept, kept)])
        universal = (inner >= t).sum(axis=1) == len(kept) - 1
        taken.append(kept[universal][: max(p, 0)])
        p -= int(universal.sum())
        if p <= 0:
            return now(Answer.YES)
        rest = kept[~universal]
        inner = np.ascontiguousarray(ranks[np.ix_(rest, rest)])
        order = core_order(inner, t, p)
        settled = len(order) == len(points)
        points = rest[order]
        if len(points) < p:
            return now(Answer.CORE)
        if settled:
            break
    rows = adjacency(ranks, points, t)
    return now(Answer.COLOURING if colours(rows, p) < p else Answer.OPEN)
