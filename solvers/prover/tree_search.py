"""Bitset branch and bound on a threshold graph: it can pause, and several threads can share it."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from solvers.kernels.bitset import Bits, packed
from solvers.kernels.clique_search import EXHAUSTED, FOUND, PAUSED, root_points, search

_SLICE_SECONDS = 0.02  # how long compiled code may run before the clock is read


class Branch:
    """A subtree: the cliques of size p >= 1 among some candidates.

    Parameters
    ----------
    rows : ndarray of uint64, shape (m, words)
        Adjacency.
    candidates : ndarray of uint64, shape (words,)
        Where to look.
    p : int
        Size of the clique.
    """

    def __init__(self, rows: Bits, candidates: Bits, p: int) -> None:
        m, words = rows.shape
        self._rows = rows
        self._candidates = np.zeros((p, words), dtype=np.uint64)
        self._candidates[0] = candidates
        self._points = np.zeros((p, m), dtype=np.int32)
        self._left = np.zeros(p, dtype=np.int64)
        self.chosen = np.zeros(p, dtype=np.int64)
        self._progress = np.array([-1, 0, 0, 0], dtype=np.int64)

    @property
    def nodes(self) -> int:
        """Nodes searched so far."""
        return int(self._progress[1])

    def search(self, nodes: int) -> int:
        """Search up to `nodes` more; `EXHAUSTED`, `FOUND` (it is ``chosen``) or `PAUSED`."""
        state = (self._candidates, self._points, self._left, self.chosen, self._progress)
        return search(self._rows, *state, nodes)


class TreeSearch:
    """The whole tree, cut below its root into branches that threads take in turn.

    With one thread the nodes are those of one depth-first search, in its order.

    Attributes
    ----------
    nodes : int
        Nodes searched by all threads.
    chosen : ndarray of int64, shape (p,), or None
        The clique, once found.
    """

    def __init__(self, rows: Bits, p: int) -> None:
        self._rows, self._p = rows, p
        self._left = packed(np.ones(len(rows), dtype=np.bool_))  # candidates not yet branched on
        self._roots = root_points(rows, self._left, p).tolist()
        self._paused: list[tuple[int, Branch]] = []
        self._busy = 0
        self._lock = threading.Lock()
        self._slice = 64
        self.nodes = 0
        self.chosen: NDArray[np.int64] | None = None

    @property
    def done(self) -> bool:
        """Whether the clique is found or proven not to exist."""
        with self._lock:
            exhausted = not (self._roots or self._paused or self._busy)
            return self.chosen is not None or exhausted

    def _take(self) -> tuple[int, Branch] | None:
        """A branch to work on; `None` if there is none (left)."""
        with self._lock:
            if self.chosen is not None or not (self._roots or self._paused):
                return None
            self._busy += 1
            if self._paused:
                return self._paused.pop()
            v = self._roots.pop()
            candidates = self._left & self._rows[v]
            self._left[v >> 6] &= ~np.uint64(1 << (v & 63))
            return v, Branch(self._rows, candidates, max(1, self._p - 1))

    def _give_back(self, v: int, branch: Branch, outcome: int, nodes: int) -> None:
        with self._lock:
            self._busy -= 1
            self.nodes += nodes
            if outcome == PAUSED:
                self._paused.append((v, branch))
            elif outcome == FOUND:
                self.chosen = np.append(branch.chosen, v)

    def work(self, nodes: int, stop: Callable[[], bool]) -> None:
        """Search up to `nodes` more nodes, or until `stop` says so; any thread may call this."""
        while nodes > 0 and not stop() and (taken := self._take()) is not None:
            v, branch = taken
            if self._p == 1:
                self._found_alone(v)
                return
            used, outcome = 0, PAUSED
            while outcome == PAUSED and used < nodes and not stop():
                outcome, spent = self._advance(branch, nodes - used)
                used += spent
            nodes -= max(1, used)
            self._give_back(v, branch, outcome, max(1, used))

    def _found_alone(self, v: int) -> None:
        with self._lock:
            self._busy -= 1
            self.nodes += 1
            self.chosen = np.array([v], dtype=np.int64)

    def _advance(self, branch: Branch, most: int) -> tuple[int, int]:
        """One slice of a branch: its outcome, and the nodes it took."""
        before, begun = branch.nodes, time.perf_counter()
        asked = min(self._slice, most)
        outcome = branch.search(asked)
        quick = time.perf_counter() - begun < _SLICE_SECONDS
        if asked == self._slice:
            self._slice = asked * 2 if quick else max(1, asked // 2)
        return outcome, branch.nodes - before


def settle(rows: Bits, p: int, nodes: int) -> tuple[int, NDArray[np.int64], int]:
    """Search a small graph at once, for at most `nodes` nodes: outcome, clique, nodes."""
    branch = Branch(rows, packed(np.ones(len(rows), dtype=np.bool_)), p)
    outcome = branch.search(nodes)
    return outcome, branch.chosen, branch.nodes


__all__ = ["EXHAUSTED", "FOUND", "PAUSED", "Branch", "TreeSearch", "settle"]
