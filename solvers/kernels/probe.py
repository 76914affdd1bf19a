"""One question, answered in full: are there p points at pairwise rank >= t?"""

from __future__ import annotations

from enum import Enum

import numpy as np
from numpy.typing import NDArray

from solvers.kernels.bitset import adjacency, core_order
from solvers.kernels.clique_search import EXHAUSTED, FOUND, colours, search
from solvers.kernels.reductions import undominated


class Answer(Enum):
    """What a probe knows."""

    OPEN = "open"
    YES = "yes"
    CORE = "no: the (p-1)-core is too small"
    COLOURING = "no: fewer than p colours suffice"
    SEARCH = "no: searched"

    @property
    def refuted(self) -> bool:
        """Whether there are no such points."""
        return self in (Answer.CORE, Answer.COLOURING, Answer.SEARCH)


def cheap_answer(ranks: NDArray[np.int32], t: int, p: int) -> Answer:
    """Refute by core and colouring alone, or leave it open; O(n^2) time."""
    order = core_order(ranks, t, p)
    if len(order) < p:
        return Answer.CORE
    return Answer.COLOURING if colours(adjacency(ranks, order, t), p) < p else Answer.OPEN


class Probe:
    """A resumable search for p points at pairwise rank >= t.

    Parameters
    ----------
    ranks : ndarray of int32, shape (n, n)
        Ranks of the distances, -1 on the diagonal.
    t, p : int
        Least rank of a selected pair; how many points.

    Attributes
    ----------
    answer : Answer
        What is known so far.
    witness : ndarray of int, shape (p,), or None
        The points, once the answer is yes.
    nodes : int
        Nodes searched.
    """

    def __init__(self, ranks: NDArray[np.int32], t: int, p: int) -> None:
        self.t = t
        self.witness: NDArray[np.int64] | None = None
        self.nodes = 0
        self._taken: list[NDArray[np.int64]] = []
        self.answer = self._reduce(ranks, p)

    def _reduce(self, ranks: NDArray[np.int32], p: int) -> Answer:
        """Shrink the threshold graph until nothing more falls, then set the search up."""
        points = core_order(ranks, self.t, p)
        if len(points) < p:
            return Answer.CORE
        while True:
            rows = adjacency(ranks, points, self.t)
            kept = points[undominated(rows, p)]
            inner = np.ascontiguousarray(ranks[np.ix_(kept, kept)])
            universal = (inner >= self.t).sum(axis=1) == len(kept) - 1
            self._taken.append(kept[universal])
            p -= int(universal.sum())
            if p <= 0:
                self._found(np.empty(0, dtype=np.int64), p)
                return Answer.YES
            rest = kept[~universal]
            inner = np.ascontiguousarray(ranks[np.ix_(rest, rest)])
            order = core_order(inner, self.t, p)
            settled = len(order) == len(points)
            points = rest[order]
            if len(points) < p:
                return Answer.CORE
            if settled:
                break
        rows = adjacency(ranks, points, self.t)
        if colours(rows, p) < p:
            return Answer.COLOURING
        self._set_up(points, rows, p)
        return Answer.OPEN

    def _set_up(self, points: NDArray[np.int64], rows: NDArray[np.uint64], p: int) -> None:
        m, words = rows.shape
        self._points, self._rows = points, rows
        self._candidates = np.zeros((p, words), dtype=np.uint64)
        self._branching = np.zeros((p, m), dtype=np.int32)
        self._left = np.zeros(p, dtype=np.int64)
        self._chosen = np.zeros(p, dtype=np.int64)
        self._progress = np.array([-1, 0], dtype=np.int64)

    def _found(self, chosen: NDArray[np.int64], surplus: int) -> None:
        """Join what was taken with what was found; `surplus` < 0 points too many are left out."""
        points = np.concatenate([*self._taken, chosen])
        self.witness = points[: len(points) + surplus]

    def search(self, nodes: int) -> Answer:
        """Search up to `nodes` more nodes, if the answer is still open."""
        if self.answer is not Answer.OPEN:
            return self.answer
        outcome = search(
            self._rows,
            self._candidates,
            self._branching,
            self._left,
            self._chosen,
            self._progress,
            nodes,
        )
        self.nodes = int(self._progress[1])
        if outcome == FOUND:
            self._found(self._points[self._chosen], 0)
            self.answer = Answer.YES
        elif outcome == EXHAUSTED:
            self.answer = Answer.SEARCH
        return self.answer
