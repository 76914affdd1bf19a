"""One question, pursued: are there p points whose pairwise squared distances reach `least`?"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from solvers.kernels.open_pairs import open_selection
from solvers.kernels.point_ascent import represent
from solvers.kernels.random_numbers import generator
from solvers.points.clusters import MOST, Clusters
from solvers.points.point_set import PointSet
from solvers.points.refutations import Refutations

_MOVES, _TRIES = 1500, 3  # of tabu search for a witness
_REPAIRS = 2
_COARSE = 0.25  # squared diameter of the first clusters, as a share of the square asked for
_ALIKE = 0.25  # of two squared diameters, where both clusters are split
_AFTER_SEARCH = 0.36  # squared share of its diameter to which a cluster of a searched witness is split

Ints = NDArray[np.int64]
Stop = Callable[[], bool]


class Question:
    """Clusters at one distance, and what is known of the selections that reach it.

    A *witness* is a selection of clusters whose pairs are all open.  Points of its clusters that reach
    the distance are the answer yes; else the clusters of a pair that does not are split.  Without a
    witness the answer is no.

    Parameters
    ----------
    points : PointSet
        The points.
    p : int
        How many to select, at least 2.
    least : float
        The squared distance to be reached; `raise_to` raises it.
    seed : int
        Seed of every random choice.
    threads : int
        Threads of the search.

    Attributes
    ----------
    clusters : Clusters
        The clusters.
    refuted : bool
        Whether there are no such points.
    nodes : int
        Nodes searched.
    """

    def __init__(self, points: PointSet, p: int, least: float, seed: int, threads: int) -> None:
        self.points, self.p = points, p
        self.clusters = Clusters(points, least)
        if self.clusters.count:
            self.clusters.refine(0, _COARSE * least)
        self._reset_pairs()
        self._refutations = Refutations(self.clusters, p, threads)
        self._state = generator(seed)
        self._rng = np.random.default_rng(seed)
        self._witness: Ints | None = None
        self._searched = False  # whether tabu search has failed
        self._new = False  # whether the distance was raised

    @property
    def refuted(self) -> bool:
        """Whether there are no such points."""
        return len(self.clusters.living) < self.p

    @property
    def full(self) -> bool:
        """Whether there is no room for more clusters."""
        return self.clusters.count >= MOST

    @property
    def nodes(self) -> int:
        """Nodes searched so far."""
        return self._refutations.nodes

    def raise_to(self, least: float) -> None:
        """Ask for a larger squared distance; what was refuted stays refuted."""
        self.clusters.raise_to(least)

    def pursue(self, stop: Stop) -> Ints | None:
        """Points that reach the distance, shape (p,); `None` if it is refuted, or at `stop`."""
        while not stop() and not self.refuted and not self.full:
            self._tidy()
            found, searched = self._cheap_witness(), False
            if not found:
                searched = True
                self._witness = self._refutations.search(stop)
                if self._witness is None:
                    continue
            assert self._witness is not None
            chosen = self._points_of(self._witness)
            if chosen is not None:
                return chosen
            self._part(searched)
        return None

    def _reset_pairs(self) -> None:
        count = self.clusters.count
        self.clusters.open[:count, :count] = 1
        np.fill_diagonal(self.clusters.open, 0)
        self.clusters.raise_to(self.clusters.least)

    def _tidy(self) -> None:
        """Forget dead clusters once they are the most."""
        clusters = self.clusters
        if clusters.count > 2 * len(clusters.living):
            names = clusters.compact()
            self._refutations.renamed(names)
            if self._witness is not None:
                self._witness = names[self._witness]

    def _cheap_witness(self) -> bool:
        """Tabu search for a witness, from the last one first."""
        clusters = self.clusters
        alive = clusters.alive[: clusters.count]
        for _ in range(1 if self._searched else _TRIES):
            if self._witness is None or not alive[self._witness].all() or (self._witness < 0).any():
                self._witness = self._rng.choice(clusters.living, self.p, replace=False)
            if open_selection(clusters.open, alive, self._witness, _MOVES, self._state):
                return True
            self._witness = None
        self._searched = True
        return False

    def _points_of(self, witness: Ints) -> Ints | None:
        """One point of every cluster, if they reach the distance; `_chosen` are those nearest to it."""
        clusters = self.clusters
        self._chosen = np.empty(self.p, dtype=np.int64)
        conflicts = represent(
            self.points.columns,
            clusters.order,
            np.ascontiguousarray(clusters.segments[witness]),
            clusters.least,
            _REPAIRS,
            self._state,
            self._chosen,
        )
        return self._chosen if conflicts == 0 else None

    def _part(self, searched: bool) -> None:
        """Split the clusters of pairs that are too near, and follow the points into the parts."""
        clusters, witness = self.clusters, self._witness
        assert witness is not None
        columns = self.points.columns[:, self._chosen]
        squares = np.zeros((self.p, self.p))
        for row in columns:
            squares += (row[:, None] - row) ** 2
        diameters = clusters.diameters[witness].copy()
        ones, others = np.nonzero((squares < clusters.least) & ~np.eye(self.p, dtype=np.bool_))
        wide = (diameters[ones] > 0.0) & (diameters[ones] >= _ALIKE * diameters[others])
        for k in np.unique(ones[wide]).tolist():
            most = float(diameters[k]) * _AFTER_SEARCH if searched else np.nextafter(diameters[k], 0.0)
            for part in clusters.refine(int(witness[k]), most):
                if self._chosen[k] in clusters.members(part):
                    witness[k] = part
