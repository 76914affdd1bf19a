"""One question, answered in full: are there p points at pairwise rank >= t?"""

from __future__ import annotations

import threading
from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from solvers.prover.branch_and_cut import BranchAndCut
from solvers.prover.branching import BOTH
from solvers.prover.reduction import Answer, reduced
from solvers.prover.tree_search import TreeSearch


class Probe:
    """A resumable search for p points at pairwise rank >= t, by two methods that may run at once.

    Parameters
    ----------
    ranks : ndarray of int32, shape (n, n)
        Ranks of the distances, -1 on the diagonal.
    t, p : int
        Least rank of a selected pair; how many points.
    branching : str
        How branch and cut splits its nodes, one of `solvers.prover.branching.WAYS`.

    Attributes
    ----------
    t, p : int
        As given.
    answer : Answer
        What is known so far.
    witness : ndarray of int64, shape (p,), or None
        The points, once the answer is yes.
    promising : bool
        Whether branch and cut may still get there.
    """

    def __init__(self, ranks: NDArray[np.int32], t: int, p: int, branching: str = BOTH) -> None:
        self.t, self.p = t, p
        self._branching = branching
        self._graph = reduced(ranks, t, p)
        self._ranks = ranks
        self.answer = self._graph.answer
        self.witness = self._graph.taken if self.answer is Answer.YES else None
        self.promising = self.open
        self._lock = threading.Lock()
        self._linear: BranchAndCut | None = None
        self._tree = TreeSearch(self._graph.rows, self._graph.p) if self.promising else None

    @property
    def open(self) -> bool:
        """Whether the answer is still to be found."""
        return self.answer is Answer.OPEN

    @property
    def nodes(self) -> int:
        """Nodes of the tree search."""
        return 0 if self._tree is None else self._tree.nodes

    @property
    def relaxes_well(self) -> bool:
        """Whether the root of branch and cut is known to be near p."""
        return self.linear_nodes > 1 and self.promising

    @property
    def linear_nodes(self) -> int:
        """Nodes of branch and cut."""
        return 0 if self._linear is None else self._linear.nodes

    @property
    def most(self) -> int | None:
        """No more points are pairwise at rank >= t, says the root of branch and cut; `None` before."""
        root = None if self._linear is None else self._linear.root_bound
        return None if root is None else max(self.p - 1, len(self._graph.taken) + int(root))

    @property
    def proof_nodes(self) -> int | None:
        """Nodes of the method that refuted, `None` if none was needed."""
        return {Answer.SEARCH: self.nodes, Answer.BRANCH_AND_CUT: self.linear_nodes}.get(self.answer)

    def _settle(self, answer: Answer, chosen: NDArray[np.int64] | None) -> None:
        """Take an answer, the first that comes."""
        with self._lock:
            if not self.open:
                return
            if chosen is not None:
                self.witness = np.concatenate([self._graph.taken, self._graph.points[chosen]])
            self.answer = answer

    def search(self, nodes: int, stop: Callable[[], bool]) -> None:
        """Search the tree for up to `nodes` more nodes; threads may share it."""
        tree = self._tree
        if tree is not None and self.open:
            tree.work(nodes, lambda: stop() or not self.open)
            if tree.done:
                self._settle(Answer.SEARCH if tree.chosen is None else Answer.YES, tree.chosen)

    def relax(self, stop: Callable[[], bool]) -> None:
        """Branch and cut, until there is an answer or no promise of one; threads may share it."""
        if not self.open or not self.promising:
            return
        with self._lock:
            if self._linear is None:
                graph = self._graph
                inner = np.ascontiguousarray(self._ranks[np.ix_(graph.points, graph.points)])
                self._linear = BranchAndCut(inner, self.t, graph.p, self._branching)
        linear = self._linear
        linear.work(lambda: stop() or not self.open)
        if linear.answer is not Answer.OPEN:
            self._settle(linear.answer, linear.chosen)
        self.promising = not linear.hopeless
