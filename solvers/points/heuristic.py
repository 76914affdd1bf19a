"""Good selections of very many points: tabu search on few of them, then moves over all."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import numpy as np
from numpy.typing import NDArray

from solvers.kernels.point_ascent import ascend
from solvers.kernels.point_distances import squares_among, squares_from
from solvers.kernels.threshold_tabu import ThresholdTabu
from solvers.points.point_set import PointSet
from solvers.points.unit import LEAST_SQUARE
from solvers.scale import farthest_from_points

_SAMPLE = 1500  # points that tabu search works on at once
_MOST_SAMPLE = 4000
_STEPS = 1 << 28  # in which distances are counted for tabu search
_COARSE, _LOCAL, _SLICE = 20, 30, 2  # moves, for every point that is searched
_PATIENCE = 3  # neighbourhoods without success
_SWEEPS = 30

Ints = NDArray[np.int64]
Stop = Callable[[], bool]


class Heuristic:
    """Selections of p points, better and better, without a matrix of all.

    A round searches a sample of points far from each other, which farthest-point insertion has chosen,
    moves the selection over all points, one at a time, and then searches the nearest points of every
    one selected.  The search is the tabu search of the solver ``tabu`` (Porumbel, Hao and Glover 2011;
    Wu and Hao 2013) on the matrix of these few points.

    Parameters
    ----------
    points : PointSet
        The points.
    p : int
        How many to select, at least 2.
    seed : int
        Seed of every random choice.
    stop : callable
        Whether to end.

    Attributes
    ----------
    first : ndarray of int64, shape (p,)
        The selection of farthest-point insertion.
    """

    def __init__(self, points: PointSet, p: int, seed: int, stop: Stop) -> None:
        self._points, self._p, self._stop = points, p, stop
        self._rng = np.random.default_rng(seed)
        size = min(len(points), _MOST_SAMPLE, max(_SAMPLE, 4 * p))
        self._sample = self._far(max(size, p))
        self.first: Ints = self._sample[:p].copy()
        self._tabu: ThresholdTabu | None = None
        self._before = -1

    def _far(self, size: int) -> Ints:
        """Points far from each other, and from the required ones."""
        start = int(self._rng.integers(len(self._points)))
        if np.isfinite(self._points.near).any():
            start = int(self._points.near.argmax())
        rows = self._points.columns.T
        return farthest_from_points(rows, size, start=start).astype(np.int64)

    def rounds(self) -> Iterator[Ints]:
        """One selection after the other, some of them better than those before; ends at `stop`."""
        yield self._moved(self.first)
        while not self._stop():
            start = self._coarse()
            if start is None:
                continue
            best = self._moved(start)
            yield best
            failed = 0
            while failed < _PATIENCE and not self._stop():
                found = self._moved(self._local(best, failed))
                yield found
                failed += 1
                if self._square(found) > self._square(best):
                    best, failed = found, 0

    def _square(self, chosen: Ints) -> float:
        return ascend(self._points.columns, self._points.near, chosen.copy(), 0)

    def _moved(self, chosen: Ints) -> Ints:
        """After moves of single points over all."""
        moved = chosen.copy()
        ascend(self._points.columns, self._points.near, moved, _SWEEPS)
        return moved

    def _coarse(self) -> Ints | None:
        """A while on the sample; `None` where that is stuck, and begins anew."""
        size = len(self._sample)
        if self._tabu is None:
            first = np.arange(self._p)
            if self._before >= 0:
                first = self._rng.choice(size, self._p, replace=False)
            self._tabu, self._before = self._search(self._sample, first), -1
        for _ in range(_COARSE // _SLICE):
            if not self._stop():
                self._tabu.improve(_STEPS, _SLICE * size)
        if self._tabu.value == self._before:
            self._tabu = None
            return None
        self._before = self._tabu.value
        return self._sample[self._tabu.improve(_STEPS, 0)]

    def _local(self, chosen: Ints, failed: int) -> Ints:
        """Search the nearest points of every one selected; the second time with some of the sample."""
        n = len(self._points)
        each = min(n, max(20, _SAMPLE // self._p) // (2 if failed == _PATIENCE - 1 else 1))
        squares = np.empty(n)
        parts = [chosen]
        for point in chosen.tolist():
            squares_from(self._points.columns, point, squares)
            parts.append(np.argpartition(squares, each - 1)[:each])
        if failed == 1:
            few = min(len(self._sample), _SAMPLE // 3)
            parts.append(self._rng.choice(self._sample, few, replace=False))
        some = np.unique(np.concatenate(parts))
        tabu = self._search(some, np.searchsorted(some, np.sort(chosen)))
        for _ in range(_LOCAL // _SLICE):
            if not self._stop():
                tabu.improve(_STEPS, _SLICE * len(some))
        return some[tabu.improve(_STEPS, 0)]

    def _search(self, some: Ints, first: NDArray[np.intp]) -> ThresholdTabu:
        """Tabu search on the matrix of some points, by distances in whole steps."""
        squares = squares_among(self._points.columns, self._points.near, some)
        longest = np.max(squares, where=np.isfinite(squares), initial=LEAST_SQUARE)
        np.sqrt(np.minimum(squares, longest, out=squares), out=squares)
        squares *= (_STEPS - 1) / np.sqrt(longest)
        steps = squares.astype(np.int32)
        np.fill_diagonal(steps, -1)
        return ThresholdTabu(steps, first, int(self._rng.integers(1 << 30)))
