"""Refute clusters and pairs of clusters, one after the other, for good."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from solvers.kernels.bitset import adjacency, core_order, packed
from solvers.kernels.clique_search import EXHAUSTED, FOUND, PAUSED, root_points
from solvers.kernels.group_search import refute_group
from solvers.kernels.reductions import undominated
from solvers.points.clusters import Clusters

_SLICE = 2000  # nodes between two looks at the clock
_RENEWAL = 1.0  # seconds after which the graph is reduced anew
_NARROW, _WIDE, _FIRST = 0.01, 0.45, 0.2  # how near the members of a group are, as a share of t
_NARROWER, _WIDER = 0.97, 1.05

Bits = NDArray[np.uint64]
Ints = NDArray[np.int64]


@dataclass(eq=False)
class _Graph:
    """The open pairs of living clusters, reduced: who they are, and which of them are linked."""

    names: Ints  #: the cluster of every point of the graph
    rows: Bits
    left: Bits  #: points not refuted
    roots: list[int]  #: points one of which is in any clique; tried from the end


@dataclass(eq=False)
class _Group:
    """Points of a graph near each other, being refuted together."""

    graph: _Graph
    members: Ints
    p: int
    candidates: Bits = field(init=False)
    refuted: NDArray[np.uint8] = field(init=False)
    progress: Ints = field(init=False)
    witness: Ints = field(init=False)

    def __post_init__(self) -> None:
        rows, q = self.graph.rows, self.p - 2
        m, words = rows.shape
        self.candidates = self.graph.left & np.bitwise_or.reduce(rows[self.members], axis=0)
        self._partners = root_points(rows, self.candidates, self.p - 1)
        self.refuted = np.zeros((len(self.members), m), dtype=np.uint8)
        self.progress = np.array([len(self._partners), -1, 0, 0, 0], dtype=np.int64)
        self.witness = np.zeros(self.p, dtype=np.int64)
        self._inner = np.zeros((q, words), dtype=np.uint64)
        self._points = np.zeros((q, m), dtype=np.int32)
        self._counts = [np.zeros(size, dtype=np.int64) for size in (q, q, 4)]

    def search(self, stop: Callable[[], bool]) -> int:
        """Until it is refuted, a witness is found, or `stop` says so."""
        asked = self.graph.rows, self.candidates, self._partners, self.members, self.refuted
        left, chosen, inside = self._counts
        depths = self._inner, self._points, left, chosen, inside
        outcome = PAUSED
        while outcome == PAUSED and not stop():
            outcome = refute_group(*asked, *depths, self.progress, self.witness, _SLICE)
        return outcome

    @property
    def parted(self) -> int:
        """How often a clique was found that no member completes."""
        return int(self.progress[3])

    @property
    def nodes(self) -> int:
        """Nodes searched."""
        return int(self.progress[4])


class Refutations:
    """Is there a selection of p clusters whose pairs are all open?

    Every answer that is found on the way holds for good, also when clusters are split and the distance
    is raised: a cluster that is in no such selection is killed, a pair that is in none is closed.

    Parameters
    ----------
    clusters : Clusters
        The clusters; lowered by what is refuted.
    p : int
        How many, at least 3.
    threads : int
        How many groups are searched at once.

    Attributes
    ----------
    nodes : int
        Nodes searched so far.
    """

    def __init__(self, clusters: Clusters, p: int, threads: int) -> None:
        self._clusters, self._p, self._threads = clusters, p, threads
        self.nodes = 0
        self._near = _FIRST
        self._last = -1  # the cluster whose group was searched last

    def renamed(self, names: Ints) -> None:
        """Clusters have other numbers."""
        self._last = -1 if self._last < 0 else int(names[self._last])

    def search(self, stop: Callable[[], bool]) -> Ints | None:
        """Such clusters, shape (p,); `None` if there are none, or `stop` has said so."""
        while not stop() and (graph := self._reduced()) is not None:
            until = time.perf_counter() + _RENEWAL
            witness = self._search(graph, stop, until)
            if witness is not None:
                return witness
            if not graph.roots:
                self._clusters.kill(self._clusters.living)
        return None

    def _reduced(self) -> _Graph | None:
        """The core without dominated points; `None` if nothing is left, which is a refutation."""
        clusters, p = self._clusters, self._p
        living = clusters.living
        pairs = clusters.open[np.ix_(living, living)].astype(np.int32)
        core = core_order(pairs, 1, p)
        clusters.kill(np.delete(living, core))
        if len(core) >= p:
            kept = core[undominated(adjacency(pairs, core, 1), p)]
            inner = np.ascontiguousarray(pairs[np.ix_(kept, kept)])
            order = core_order(inner, 1, p)
            if len(order) >= p:
                rows = adjacency(inner, order, 1)
                left = packed(np.ones(len(order), dtype=np.bool_))
                roots = root_points(rows, left, p).tolist()
                if roots:
                    return self._resumed(_Graph(living[kept[order]], rows, left, roots))
        clusters.kill(clusters.living)
        return None

    def _resumed(self, graph: _Graph) -> _Graph:
        """The same, with the cluster that was searched last at the end of the roots."""
        at = np.flatnonzero(graph.names == self._last).tolist()
        if at and at[0] in graph.roots:
            graph.roots.remove(at[0])
            graph.roots.append(at[0])
        return graph

    def _search(self, graph: _Graph, stop: Callable[[], bool], until: float) -> Ints | None:
        """Search groups until a witness is found, none is left, or it is time to reduce again.

        What one thread refutes the others may search in vain, which harms nothing: a refutation never
        rests on one that is not finished.
        """
        found: list[Ints] = []
        lock = threading.Lock()

        def over() -> bool:
            return bool(found) or stop()

        def work() -> None:
            while not over() and time.perf_counter() < until:
                with lock:
                    group = self._next(graph)
                if group is None:
                    return
                outcome = group.search(over)
                with lock:
                    self._note(group, outcome)
                if outcome == FOUND:
                    found.append(graph.names[group.witness])

        with ThreadPoolExecutor(max(1, self._threads - 1)) as pool:
            helpers = [pool.submit(work) for _ in range(self._threads - 1)]
            try:
                work()
            except BaseException:
                found.append(graph.names[:0])  # ends the helpers
                raise
        for helper in helpers:
            helper.result()
        return found[0] if found else None

    def _next(self, graph: _Graph) -> _Group | None:
        """The group of the next root that is not refuted; `None` if there is none."""
        while graph.roots and not _has(graph.left, graph.roots[-1]):
            graph.roots.pop()
        if not graph.roots:
            return None
        v = graph.roots.pop()
        self._last = int(graph.names[v])
        most = self._near**2 * self._clusters.least
        near = np.isin(graph.names, self._clusters.within(self._last, graph.names, most))
        members = [v, *(u for u in np.flatnonzero(near).tolist() if u != v and _has(graph.left, u))]
        return _Group(graph, np.array(members, dtype=np.int64), self._p)

    def _note(self, group: _Group, outcome: int) -> None:
        """Keep what was refuted; a group that is not becomes a root again."""
        self.nodes += group.nodes
        names = group.graph.names
        member, partner = np.nonzero(group.refuted)
        one, other = names[group.members[member]], names[partner]
        self._clusters.open[one, other] = self._clusters.open[other, one] = 0
        if group.parted:
            self._near = max(_NARROW, self._near * _NARROWER ** min(group.parted, 20))
        elif outcome == EXHAUSTED:
            self._near = min(_WIDE, self._near * _WIDER)
        if outcome == EXHAUSTED:
            self._clusters.kill(names[group.members])
            for v in group.members.tolist():
                group.graph.left[v >> 6] &= ~np.uint64(1 << (v & 63))
        else:
            group.graph.roots.append(int(group.members[0]))


def _has(bits: Bits, v: int) -> bool:
    """Whether bit `v` is set."""
    return bool(int(bits[v >> 6]) >> (v & 63) & 1)
