"""The linear relaxation of a probe: at most one point of every clique of conflicts.

Its value bounds the selection far better than colours do where conflicts are local, as in the plane.
HiGHS solves it; what is reported is recomputed in integers from the multipliers of the cliques, so no
tolerance of the engine enters a proof (a weighted clique cover proves its bound whatever the weights).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from solvers.engines import highs
from solvers.kernels.bitset import packed
from solvers.kernels.clique_cover import conflicts_of, edge_clique_cover
from solvers.kernels.cliques import violated_cliques, weighted_cover

UNIT = 10**9  #: weight of one point in the integer bounds
_SLICE_SECONDS = 0.25  # of the simplex method before `stop` is asked
_CUTS_PER_ROUND = 100
_TRIAL_ITERATIONS = 150
_NO_LIMIT = 2**31 - 1
_IDLE_SOLVES = 80  # a clique without weight for that long is dropped

Points = NDArray[np.int32]


@dataclass(frozen=True, slots=True)
class Relaxed:
    """A solved relaxation.

    Attributes
    ----------
    x : ndarray of float64, shape (m,)
        How much of each point is selected.
    bound : int
        No selection has more points than ``bound / UNIT``.
    surplus : ndarray of int64, shape (m,)
        No selection with this point has more than ``(bound - surplus) / UNIT``, if it is > 0.
    """

    x: NDArray[np.float64]
    bound: int
    surplus: NDArray[np.int64]


class Relaxation:
    """Maximise the number of points, at most one from every clique; cliques are added on demand.

    Parameters
    ----------
    ranks : ndarray of int32, shape (m, m)
        Ranks of the distances.
    t : int
        Points at a lower rank exclude each other.

    Attributes
    ----------
    conflicts : ndarray of uint64, shape (m, words)
        Row i holds the points that point i excludes.
    cliques : list of ndarray of int32
        The rows so far.
    weights : ndarray of int64
        Multipliers of the rows at the last solve, in units of `UNIT`.
    """

    def __init__(self, ranks: NDArray[np.int32], t: int) -> None:
        self.conflicts = conflicts_of(ranks, t)
        self.m = len(ranks)
        self.cliques: list[Points] = []
        self.weights = np.empty(0, dtype=np.int64)
        self._row: dict[bytes, int] = {}
        self._idle: list[int] = []  # solves since a row last had weight
        self._slack: set[bytes] = set()
        self._forced: set[bytes] = set()
        self._columns = np.arange(self.m, dtype=np.int32)
        self._engine = highs.simplex_engine(self.m)
        self._engine.changeColsCost(self.m, self._columns, -np.ones(self.m))
        self._basis = self._engine.getBasis()
        starts, members = edge_clique_cover(ranks, t)
        self._add(members[a:b].astype(np.int32) for a, b in pairwise(starts))

    def _add(self, cliques: Iterable[Points]) -> int:
        """Add a row for every clique not yet known; returns how many."""
        new = []
        for clique in cliques:
            members = np.sort(clique)
            if members.tobytes() not in self._row:
                self._row[members.tobytes()] = len(self.cliques)
                self.cliques.append(members)
                self._idle.append(0)
                new.append(members)
        if new:
            starts = np.cumsum([0] + [len(clique) for clique in new[:-1]]).astype(np.int32)
            index = np.concatenate(new)
            lower, upper = np.full(len(new), -np.inf), np.ones(len(new))
            entries = np.ones(len(index))
            self._engine.addRows(len(new), lower, upper, len(index), starts, index, entries)
        return len(new)

    def force(self, clusters: Iterable[Points]) -> None:
        """From now on demand exactly one point of each of these cliques, and of no others."""
        wanted = {np.sort(cluster).tobytes(): cluster for cluster in clusters}
        for key in self._forced - wanted.keys():
            self._engine.changeRowBounds(self._row[key], -np.inf, 1.0)
        self._add(wanted.values())
        for key in wanted.keys() - self._slack:
            # a dear slack keeps the program feasible, and its bound low, where this cannot be
            row = np.array([self._row[key]], dtype=np.int32)
            self._engine.addCol(float(self.m), 0.0, np.inf, 1, row, np.ones(1))
            self._slack.add(key)
        for key in wanted.keys() - self._forced:
            self._engine.changeRowBounds(self._row[key], 1.0, 1.0)
        self._forced = set(wanted)

    def solve(self, free: NDArray[np.bool_], stop: Callable[[], bool]) -> Relaxed | None:
        """Solve with the points `free`, shape (m,); `None` if `stop` said so first."""
        self._allow(free)
        while not highs.resolve(self._engine, _SLICE_SECONDS):
            if stop():
                return None
        relaxed = self._read(free)
        for row, weight in enumerate(self.weights):
            self._idle[row] = 0 if weight else self._idle[row] + 1
        return relaxed

    def hold(self) -> None:
        """Remember the basis of the last solve, for trials to start from."""
        self._basis = self._engine.getBasis()

    def restore(self) -> None:
        """Go back to the basis that was held."""
        self._engine.setBasis(self._basis)

    def try_out(self, free: NDArray[np.bool_]) -> int:
        """A bound, in units of `UNIT`, from a few steps of the simplex method after what was held."""
        self.restore()
        self._allow(free)
        self._engine.setOptionValue("simplex_iteration_limit", _TRIAL_ITERATIONS)
        self._engine.setOptionValue("time_limit", np.inf)
        self._engine.run()
        self._engine.setOptionValue("simplex_iteration_limit", _NO_LIMIT)
        return self._read(free).bound

    def _allow(self, free: NDArray[np.bool_]) -> None:
        self._engine.changeColsBounds(self.m, self._columns, np.zeros(self.m), free.astype(np.float64))

    def _read(self, free: NDArray[np.bool_]) -> Relaxed:
        """What the engine holds, with the bound recomputed from the multipliers of the rows."""
        solution = self._engine.getSolution()
        weights = np.rint(np.asarray(solution.row_dual) * -UNIT).astype(np.int64)
        forced = np.zeros(len(weights), dtype=np.bool_)
        forced[[self._row[key] for key in self._forced]] = True
        self.weights = np.where(forced, weights, np.maximum(weights, 0))
        surplus = np.empty(self.m, dtype=np.int64)
        bound = weighted_cover(*self._rows(), self.weights, free, UNIT, surplus)
        return Relaxed(np.where(free, solution.col_value[: self.m], 0.0), bound, surplus)

    def _rows(self) -> tuple[NDArray[np.int64], Points]:
        """The cliques in CSR form."""
        sizes = [len(clique) for clique in self.cliques]
        members = np.concatenate([np.empty(0, dtype=np.int32), *self.cliques])
        return np.concatenate([[0], np.cumsum(sizes)]).astype(np.int64), members

    def separate(self, x: NDArray[np.float64], free: NDArray[np.bool_]) -> int:
        """Add the cliques that `x` violates most; returns how many."""
        starts, members, totals = violated_cliques(self.conflicts, x, packed(free))
        worst = np.argsort(-totals, kind="stable")[:_CUTS_PER_ROUND]
        return self._add(members[starts[k] : starts[k + 1]] for k in worst)

    def purge(self) -> None:
        """Drop rows that have had no weight for long; clusters that were forced once stay."""
        idle = [
            row
            for row, clique in enumerate(self.cliques)
            if self._idle[row] > _IDLE_SOLVES and clique.tobytes() not in self._slack
        ]
        if len(idle) < len(self.cliques) // 4:
            return
        self._engine.deleteRows(len(idle), np.array(idle, dtype=np.int32))
        gone = set(idle)
        left = [row for row in range(len(self.cliques)) if row not in gone]
        self.cliques = [self.cliques[row] for row in left]
        self._idle = [self._idle[row] for row in left]
        self._row = {clique.tobytes(): row for row, clique in enumerate(self.cliques)}
