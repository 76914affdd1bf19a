"""Answer a probe by linear programming: relax, cut, fix, and branch on clusters of near points.

The graph is that of a reduced probe.  At every node the relaxation is tightened by violated cliques;
points whose selection would bring its bound below p are dropped, dominated points too, and a short
bitset search settles what has become small.  `branching` splits a node that stays open.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from solvers.kernels.bitset import adjacency, core_order, induced, unpacked
from solvers.kernels.clique_cover import conflicts_of
from solvers.kernels.reductions import undominated
from solvers.prover.branching import BOTH, Branching, Node
from solvers.prover.clusters import Mask
from solvers.prover.reduction import Answer
from solvers.prover.relaxation import UNIT, Relaxation, Relaxed
from solvers.prover.tree_search import EXHAUSTED, FOUND, settle

_LEAST_GAIN = 0.02  # of the bound, in points, for cutting to go on
_PROMISING = 1.15  # a root relaxation that allows more than this times p leaves too large a tree
_TOO_SLOW = 0.05  # of what is missing to that, gained by the last cuts
_SEARCH_NODES = 50, 50_000  # least and most nodes of the search at a node


class BranchAndCut:
    """A resumable search for p points without conflict.

    Parameters
    ----------
    ranks : ndarray of int32, shape (m, m)
        Ranks of the distances between the points of a reduced probe, -1 on the diagonal.
    t, p : int
        Least rank of a selected pair; how many points.
    branching : str
        By what nodes are split, one of `solvers.prover.branching.WAYS`.

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
    hopeless : bool
        Whether that is so far above p that the root was given up.
    """

    def __init__(self, ranks: NDArray[np.int32], t: int, p: int, branching: str = BOTH) -> None:
        m = len(ranks)
        self._rows = adjacency(ranks, np.arange(m), t)
        self._ranks, self._t, self._p = ranks, t, p
        self._excludes = unpacked(conflicts_of(ranks, t), m)
        self._branching = Branching(ranks, self._excludes, p, branching)
        self._stack = [Node(np.ones(m, dtype=np.bool_), ())]
        self._idle: list[Relaxation] = []  # one for every thread that ever worked here
        self._busy = 0
        self._lock = threading.Lock()
        self._covered = False
        self._budget = 1000  # nodes of the search at a node
        self.answer = Answer.OPEN
        self.chosen: NDArray[np.int64] | None = None
        self.nodes = 0
        self.root_bound: float | None = None
        self.hopeless = False

    def work(self, stop: Callable[[], bool]) -> None:
        """Go on until the answer is known, hopeless, or `stop` says so; several threads may."""
        relaxation: Relaxation | None = None
        while self.answer is Answer.OPEN and not self.hopeless and not stop():
            node = self._take()
            if node is None:
                time.sleep(0.002)  # another thread holds the last node
                continue
            relaxation = relaxation or self._relaxation()
            try:
                children = self._process(node, relaxation, stop)
            except BaseException:
                self._give_back(node, None)
                raise
            self._give_back(node, children)
        if relaxation is not None:
            self._idle.append(relaxation)

    def _relaxation(self) -> Relaxation:
        return self._idle.pop() if self._idle else Relaxation(self._ranks, self._t)

    def _take(self) -> Node | None:
        """The next node; `None` if there is none at present."""
        with self._lock:
            if not self._stack:
                return None
            self._busy += 1
            self.nodes += 1
            return self._stack.pop()

    def _give_back(self, node: Node, children: list[Node] | None) -> None:
        """Put a node's open children on the stack, or the node itself if it was stopped halfway."""
        with self._lock:
            self._busy -= 1
            if children is None:
                self.nodes -= 1
            self._stack += [node] if children is None else children
            if self.chosen is not None:
                self.answer = Answer.YES
            elif not self._stack and not self._busy:
                self.answer = Answer.COVER if self._covered else Answer.BRANCH_AND_CUT

    def _process(
        self, node: Node, relaxation: Relaxation, stop: Callable[[], bool]
    ) -> list[Node] | None:
        """The open children of a node, the one to go on with last; `None` if stopped."""
        free = self._undominated(node.free)
        if free.sum() < self._p or any(not free[cluster].any() for cluster in node.forced):
            return []
        begun = time.perf_counter()
        if self._searched(free):
            return []
        searched = time.perf_counter()
        relaxation.force(node.forced)
        tightened = self._tightened(relaxation, free, node.is_root, stop)
        self._balance(searched - begun, time.perf_counter() - searched)
        if tightened is None or self.hopeless:
            return None
        relaxed, free = tightened
        if relaxed.bound < self._p * UNIT:
            self._covered = node.is_root and bool(free.all())  # no more was needed
            return []
        self._round(relaxed.x, free)
        relaxation.purge()
        return self._branching.split(Node(free, node.forced), relaxation, relaxed, stop)

    def _balance(self, searching: float, relaxing: float) -> None:
        """Let the search at a node take a quarter of the time of its relaxation."""
        factor = 1.5 if 4.0 * searching < relaxing else 0.67
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
        self, relaxation: Relaxation, free: Mask, is_root: bool, stop: Callable[[], bool]
    ) -> tuple[Relaxed, Mask] | None:
        """Relax and cut until the bound is low enough or hardly moves; drop what cannot be."""
        patience = 6 if is_root else 2
        bounds: list[int] = []
        while True:
            relaxed = relaxation.solve(free, stop)
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
            if relaxation.separate(np.where(free, relaxed.x, 0.0), free) == 0:
                self.hopeless = is_root and relaxed.bound > _PROMISING * enough
                return relaxed, free
            if len(bounds) > patience:
                gain = bounds[-1 - patience] - bounds[-1]
                missing = bounds[-1] - _PROMISING * enough
                self.hopeless = is_root and gain < _TOO_SLOW * missing
                if gain < _LEAST_GAIN * UNIT or self.hopeless:
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
