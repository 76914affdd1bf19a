"""Answer a probe by linear programming: relax, cut, fix, and branch on clusters of near points.

The graph is that of a reduced probe.  At every node the relaxation is tightened by violated cliques;
points whose selection would bring its bound below p are dropped, dominated points too, and a short
bitset search settles what has become small.  A node that stays open is split by a cluster Q of near
points that exclude each other: one of Q is selected, or none.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from solvers.kernels.bitset import adjacency, core_order, induced, unpacked
from solvers.kernels.reductions import undominated
from solvers.prover.clusters import Mask, Points, clusters
from solvers.prover.reduction import Answer
from solvers.prover.relaxation import UNIT, Relaxation, Relaxed
from solvers.prover.tree_search import EXHAUSTED, FOUND, settle

_TRIALS = 3  # clusters of which the children are relaxed before one is branched on
_LEAST_GAIN = 0.02  # of the bound, in points, for cutting to go on
_SEARCH_NODES = 50, 50_000  # least and most nodes of the search at a node


@dataclass(frozen=True, slots=True)
class Node:
    """A subproblem: the points that may be selected, and the clusters that hold one selected each."""

    free: Mask
    forced: tuple[Points, ...]

    @property
    def is_root(self) -> bool:
        """Whether nothing has been decided yet."""
        return not self.forced and bool(self.free.all())


class BranchAndCut:
    """A resumable search for p points without conflict.

    Parameters
    ----------
    ranks : ndarray of int32, shape (m, m)
        Ranks of the distances between the points of a reduced probe, -1 on the diagonal.
    t, p : int
        Least rank of a selected pair; how many points.

    Attributes
    ----------
    answer : Answer
        What is known so far.
    chosen : ndarray of int64, shape (p,), or None
        The points, once found.
    nodes : int
        Nodes begun.
    root_bound : float or None
        How many points the root relaxation allows; `None` before it is solved.
    """

    def __init__(self, ranks: NDArray[np.int32], t: int, p: int) -> None:
        m = len(ranks)
        self._rows = adjacency(ranks, np.arange(m), t)
        self._ranks, self._p = ranks, p
        self._relaxation = Relaxation(ranks, t)
        self._excludes = unpacked(self._relaxation.conflicts, m)
        self._stack = [Node(np.ones(m, dtype=np.bool_), ())]
        self._budget = 1000  # nodes of the search at a node
        self.answer = Answer.OPEN
        self.chosen: NDArray[np.int64] | None = None
        self.nodes = 0
        self.root_bound: float | None = None

    def work(self, stop: Callable[[], bool]) -> None:
        """Go on until the answer is known or `stop` says so."""
        while self.answer is Answer.OPEN and not stop():
            if not self._stack:
                self.answer = Answer.BRANCH_AND_CUT if self.nodes > 1 else Answer.COVER
                return
            node = self._stack.pop()
            self.nodes += 1
            children = self._process(node, stop)
            if children is None:  # stopped halfway
                self._stack.append(node)
                self.nodes -= 1
            else:
                self._stack += children
            if self.chosen is not None:
                self.answer = Answer.YES

    def _process(self, node: Node, stop: Callable[[], bool]) -> list[Node] | None:
        """The open children of a node, the one to go on with last; `None` if stopped."""
        free = self._undominated(node.free)
        if free.sum() < self._p or any(not free[cluster].any() for cluster in node.forced):
            return []
        begun = time.perf_counter()
        if self._searched(free):
            return []
        searched = time.perf_counter()
        self._relaxation.force(node.forced)
        tightened = self._tightened(free, node.is_root, stop)
        self._balance(searched - begun, time.perf_counter() - searched)
        if tightened is None:
            return None
        relaxed, free = tightened
        if relaxed.bound < self._p * UNIT:
            return []
        self._round(relaxed.x, free)
        self._relaxation.purge()
        return self._split(relaxed, free, node.forced)

    def _balance(self, searching: float, relaxing: float) -> None:
        """Let the search at a node take about as long as its relaxation."""
        factor = 1.5 if searching < relaxing else 0.67
        least, most = _SEARCH_NODES
        self._budget = int(min(most, max(least, self._budget * factor)))

    def _undominated(self, free: Mask) -> Mask:
        """`free` without the points that a selection can do without."""
        points = np.flatnonzero(free)
        left = np.zeros_like(free)
        left[points[undominated(induced(self._rows, points), self._p)]] = True
        return left

    def _searched(self, free: Mask) -> bool:
        """Whether a short bitset search settles the node; what it finds is kept."""
        points = np.flatnonzero(free)
        adjacent = unpacked(induced(self._rows, points), len(points)).astype(np.int32)
        points = points[core_order(adjacent, 1, self._p)]
        if len(points) < self._p:
            return True
        outcome, chosen, _ = settle(induced(self._rows, points), self._p, self._budget)
        if outcome == FOUND:
            self.chosen = points[chosen]
        return outcome in (FOUND, EXHAUSTED)

    def _tightened(
        self, free: Mask, is_root: bool, stop: Callable[[], bool]
    ) -> tuple[Relaxed, Mask] | None:
        """Relax and cut until the bound is low enough or hardly moves; drop what cannot be."""
        patience = 6 if is_root else 2
        bounds: list[int] = []
        while True:
            relaxed = self._relaxation.solve(free, stop)
            if relaxed is None:
                return None
            if is_root:
                self.root_bound = relaxed.bound / UNIT
            enough = self._p * UNIT
            bounds.append(relaxed.bound)
            if relaxed.bound < enough:
                return relaxed, free
            hopeless = free & (relaxed.bound - np.maximum(relaxed.surplus, 0) < enough)
            if hopeless.sum() > 0.05 * free.sum():
                free = self._undominated(free & ~hopeless)
            elif hopeless.any():
                free = free & ~hopeless
            if self._relaxation.separate(np.where(free, relaxed.x, 0.0), free) == 0:
                return relaxed, free
            if len(bounds) > patience and bounds[-1 - patience] - bounds[-1] < _LEAST_GAIN * UNIT:
                return relaxed, free

    def _round(self, x: NDArray[np.float64], free: Mask) -> None:
        """Select greedily by `x`; kept if it makes p points."""
        chosen = []
        open_ = free.copy()
        while open_.any():
            v = int(np.where(open_, x, -1.0).argmax())
            chosen.append(v)
            open_ &= ~self._excludes[v]
            open_[v] = False
        if len(chosen) >= self._p:
            self.chosen = np.array(chosen[: self._p], dtype=np.int64)

    def _split(self, relaxed: Relaxed, free: Mask, forced: tuple[Points, ...]) -> list[Node]:
        """Nothing of a cluster, or one point of it: of a few clusters, what moves both bounds most."""
        x, excludes = np.where(free, relaxed.x, 0.0), self._excludes
        best: list[Node] = []
        most, enough = -1.0, self._p * UNIT
        for cluster in clusters(x, free, excludes, self._ranks, _TRIALS):
            without = free.copy()
            without[cluster] = False
            within = free & ~excludes[cluster].all(axis=0)
            within[cluster] = free[cluster]
            children, gain = [], 1.0
            for child, taken in ((without, forced), (within, (*forced, cluster))):
                bound = self._relaxation.try_out(child)
                least, need = 1e-3 * UNIT, relaxed.bound - enough + 1
                gain *= min(need, max(relaxed.bound - bound, least)) / UNIT
                if bound >= enough:
                    children.append(Node(child, taken))
            if gain > most:
                best, most = children, gain
        return best
