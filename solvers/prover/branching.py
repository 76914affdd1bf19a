"""How branch and cut splits a node that its relaxation leaves open.

By a cluster of near points that exclude each other (one of it is selected, or none), or by a single
point (selected or not).  The choice is made by trials: a trial relaxes both children for a few steps.
The gains of trials of a point are remembered, and predict its gain once they are reliable (reliability
branching: Achterberg, Koch and Martin, Operations Research Letters 33(1), 2005).  Clusters win where
few of many points are selected, points where many are.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from solvers.prover.clusters import Mask, Points, clusters
from solvers.prover.relaxation import UNIT, Relaxation, Relaxed

BOTH, CLUSTERS, POINTS = "both", "clusters", "points"
WAYS = (BOTH, CLUSTERS, POINTS)  #: by what nodes are split

_CLUSTERS = 2  # tried at every node
_RELIABLE = 8  # trials of a point
_FRUITLESS = 16  # points looked at in a row without a better one
_TRIALS = 100  # of points, at most, at a node
_HOPE = 1.5  # a point is looked at if so many times what it promises is better than the best
_LEAST_GAIN = 1e-3  # of the bound, in points


@dataclass(frozen=True, slots=True)
class Node:
    """A subproblem: the points that may be selected, and the clusters that hold one selected each."""

    free: Mask
    forced: tuple[Points, ...]

    @property
    def is_root(self) -> bool:
        """Whether nothing has been decided yet."""
        return not self.forced and bool(self.free.all())

    def without(self, cluster: Points) -> Node:
        """The child in which nothing of a cluster is selected."""
        free = self.free.copy()
        free[cluster] = False
        return Node(free, self.forced)

    def within(self, cluster: Points, excludes: Mask) -> Node:
        """The child in which one point of a cluster is selected."""
        free = self.free & ~excludes[cluster].all(axis=0)
        free[cluster] = self.free[cluster]
        return Node(free, (*self.forced, cluster) if len(cluster) > 1 else self.forced)

    def undecided(self, cluster: NDArray[np.integer]) -> bool:
        """Whether a selection may do without the cluster: it holds none of which a point is forced."""
        return all(self.free[np.setdiff1d(taken, cluster)].any() for taken in self.forced)


@dataclass(frozen=True, slots=True)
class Split:
    """The children of a node that are still open, and how much they move the bound."""

    children: list[Node]
    score: float


class Branching:
    """Splits nodes, and remembers the gains; threads may share it.

    Parameters
    ----------
    ranks : ndarray of int32, shape (m, m)
        Ranks of the distances.
    excludes : ndarray of bool, shape (m, m)
        Which points exclude each other.
    p : int
        How many points are wanted.
    way : str
        One of `WAYS`.  By points alone a node is still split by a cluster if its relaxation cuts no
        point in two.
    """

    def __init__(self, ranks: NDArray[np.int32], excludes: Mask, p: int, way: str = BOTH) -> None:
        self._way = way
        self._ranks, self._excludes, self._enough = ranks, excludes, p * UNIT
        self._gains = np.zeros((2, len(ranks)))  # of selecting a point, of dropping it; per unit of x
        self._trials = np.zeros(len(ranks), dtype=np.int64)

    def split(
        self, node: Node, relaxation: Relaxation, relaxed: Relaxed, stop: Callable[[], bool]
    ) -> list[Node]:
        """The open children by the best of a few clusters and points, the one to go on with last.

        Once `stop` says so, by the best that has been found.
        """
        x = np.where(node.free, relaxed.x, 0.0)
        relaxation.hold()
        best = Split([node], -1.0)
        if self._way != POINTS:
            best = self._best_cluster(best, x, node, relaxation, relaxed.bound)
        if self._way != CLUSTERS:
            best = self._best_point(best, x, node, relaxation, relaxed.bound, stop)
        if best.score < 0.0:
            best = self._best_cluster(best, x, node, relaxation, relaxed.bound)
        relaxation.restore()
        return best.children if best.score >= 0.0 else []

    def _best_cluster(
        self, best: Split, x: NDArray[np.float64], node: Node, relaxation: Relaxation, bound: int
    ) -> Split:
        """A cluster that splits better than `best`, if there is one."""
        for cluster in self._clusters(x, node):
            split, _ = self._try(cluster, node, relaxation, bound)
            best = max(best, split, key=lambda split: split.score)
        return best

    def _try(
        self, cluster: Points, node: Node, relaxation: Relaxation, bound: int
    ) -> tuple[Split, list[float]]:
        """Split by a cluster; also what a few steps of relaxation gain for one of it, and for none."""
        children = node.within(cluster, self._excludes), node.without(cluster)
        bounds = [relaxation.try_out(child.free) for child in children]
        gains = [(bound - after) / UNIT for after in bounds]
        kept = [child for child, after in zip(children, bounds, strict=True) if after >= self._enough]
        return Split(kept[::-1], self._score(bound, *gains)), gains

    def _score(self, bound: int, selecting: float, dropping: float) -> float:
        """The product of both gains; more than closes a child is worth nothing."""
        most = (bound - self._enough + 1) / UNIT
        return min(most, max(selecting, _LEAST_GAIN)) * min(most, max(dropping, _LEAST_GAIN))

    def _clusters(self, x: NDArray[np.float64], node: Node) -> list[Points]:
        """Clusters to branch on: some that are promising, else any point that decides something.

        If there is none of these either, every point with a conflict is forced, so nothing is left.
        """
        free = node.free
        promising = clusters(x, free, self._excludes, self._ranks, _CLUSTERS)
        deciding = [cluster for cluster in promising if node.undecided(cluster)]
        if deciding:
            return deciding
        in_conflict = np.flatnonzero(free & self._excludes[:, free].any(axis=1)).astype(np.int32)
        points = (in_conflict[k : k + 1] for k in range(len(in_conflict)))
        return [point for point in points if node.undecided(point)][:1]

    def _promising(
        self, x: NDArray[np.float64], node: Node, bound: int
    ) -> Iterator[tuple[Points, float]]:
        """Points that the relaxation cuts in two, with the score they promise, the best first."""
        free = node.free
        points = np.flatnonzero((x > 1e-4) & (x < 1.0 - 1e-4) & self._excludes[:, free].any(axis=1))
        tried = self._trials[points]
        known = max(1, int(self._trials.sum()))
        average = self._gains.sum(axis=1) / known if self._trials.any() else np.ones(2)
        each = np.where(tried > 0, self._gains[:, points] / np.maximum(tried, 1), average[:, None])
        expected = each * np.array([1.0 - x[points], x[points]])
        scores = [self._score(bound, *gains) for gains in expected.T.tolist()]
        for k in np.argsort(-np.array(scores), kind="stable").tolist():
            point = points[k : k + 1].astype(np.int32)
            if node.undecided(point):
                yield point, scores[k]

    def _best_point(
        self,
        best: Split,
        x: NDArray[np.float64],
        node: Node,
        relaxation: Relaxation,
        bound: int,
        stop: Callable[[], bool],
    ) -> Split:
        """A point that splits better than `best`, if a search that gives up early finds one."""
        fruitless = trials = 0
        for point, expected in self._promising(x, node, bound):
            settled = len(best.children) < 2 and best.score >= 0.0
            enough = fruitless >= _FRUITLESS or trials >= _TRIALS or _HOPE * expected < best.score
            if settled or enough or stop():
                break
            v = int(point[0])
            if self._trials[v] >= _RELIABLE:
                children = [node.without(point), node.within(point, self._excludes)]
                split = Split(children, expected)
            else:
                trials += 1
                split, gains = self._try(point, node, relaxation, bound)
                self._gains[:, v] += np.maximum(gains, 0.0) / (1.0 - x[v], x[v])
                self._trials[v] += 1
            better = len(split.children) < 2 or split.score > best.score
            best, fruitless = (split, 0) if better else (best, fruitless + 1)
        return best


__all__ = ["BOTH", "WAYS", "Branching", "Node", "Split"]
