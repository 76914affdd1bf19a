"""Clusters of points, and which pairs of them may hold two points that are far enough apart."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from solvers.kernels.outlines import close_all, close_row, diameter, hull, within
from solvers.points.point_set import PointSet

MOST = 1 << 14  #: clusters; to reduce the graph of so many takes up to 3 GiB

_FEW = 32  # corners of an outline; of more, the corners of the box are taken


class Clusters:
    """Points in clusters that are cut in two where a question needs it: a k-d tree without its inside.

    A pair of clusters is *open* while it is not known that no two of their points are together in a
    selection looked for.  A pair that was closed stays closed, also for the parts of the two.

    Parameters
    ----------
    points : PointSet
        The points.
    least : float
        The squared distance to be reached; it can be raised.

    Attributes
    ----------
    count : int
        How many clusters there are.
    open : ndarray of uint8, shape (capacity, capacity)
        1 where a pair of the first `count` is open; 0 on the diagonal.
    alive : ndarray of bool, shape (capacity,)
        Which clusters are still in question.
    diameters : ndarray, shape (capacity,)
        Squared, rounded up.
    order : ndarray of int64, shape (m,)
        The points, those of a cluster side by side and by ascending coordinates.
    segments : ndarray of int64, shape (capacity, 2)
        Where in `order` each cluster begins and ends.
    """

    def __init__(self, points: PointSet, least: float) -> None:
        self.points, self.least = points, least
        self.order = np.flatnonzero(points.near >= least).astype(np.int64)
        self.count, room = 0, 256
        self.open = np.zeros((room, room), dtype=np.uint8)
        self.alive = np.zeros(room, dtype=np.bool_)
        self.diameters = np.zeros(room)
        self.segments = np.zeros((room, 2), dtype=np.int64)
        self._outlines = np.zeros((room, 2), dtype=np.int64)
        self._corners = np.zeros((points.dimension, 4096))
        self._used = 0
        self._past: list[tuple[int, int]] = []  # segments of clusters that are gone
        if len(self.order):
            self._place(self._new(), 0, len(self.order))

    # -- what is where

    @property
    def living(self) -> NDArray[np.int64]:
        """The clusters still in question."""
        return np.flatnonzero(self.alive[: self.count])

    def members(self, c: int) -> NDArray[np.int64]:
        """The points of a cluster."""
        begin, end = self.segments[c]
        return self.order[begin:end]

    def labels(self) -> NDArray[np.int32]:
        """The cluster of every point, shape (m,); -1 for those too near to a required point."""
        labels = np.full(len(self.points), -1, dtype=np.int32)
        for k, (begin, end) in enumerate([*self._past, *self.segments[: self.count].tolist()]):
            labels[self.order[begin:end]] = k
        return labels

    def within(self, c: int, others: NDArray[np.int64], most: float) -> NDArray[np.int64]:
        """Those of other clusters all of whose points are nearer than `most` to all of cluster `c`."""
        return others[within(self._corners, self._outlines, c, others, most)]

    # -- changes

    def kill(self, some: NDArray[np.int64]) -> None:
        """No selection looked for has a point of these clusters."""
        self.alive[some] = False
        self.open[some, : self.count] = 0
        self.open[: self.count, some] = 0

    def split(self, c: int) -> int:
        """Cut a cluster at the middle of its longest side; one half stays `c`, the other is new."""
        begin, end = self.segments[c]
        segment = self.order[begin:end].copy()
        columns = self.points.columns[:, segment]
        low, high = columns.min(axis=1), columns.max(axis=1)
        side = int((high - low).argmax())
        first = columns[side] < low[side] + (high[side] - low[side]) / 2.0
        if not first.any():  # the middle was rounded to an end
            first = columns[side] == low[side]
        middle = int(begin + first.sum())
        self.order[begin:middle], self.order[middle:end] = segment[first], segment[~first]
        other = self._new()
        self.open[other, : self.count] = self.open[c, : self.count]
        self.open[: self.count, other] = self.open[: self.count, c]
        self.alive[other] = self.alive[c]
        self._place(c, begin, middle)
        self._place(other, middle, end)
        for one in (c, other):
            self._close_row(one)
        return other

    def refine(self, c: int, most: float) -> list[int]:
        """Split a cluster until no part's squared diameter exceeds `most`; the parts."""
        parts, todo = [], [c]
        while todo:
            one = todo.pop()
            if self.diameters[one] > most and self.count < MOST:
                todo += [one, self.split(one)]
            else:
                parts.append(one)
        return parts

    def raise_to(self, least: float) -> None:
        """Ask for a larger squared distance: more pairs are closed, and none is opened."""
        self.least = least
        if np.isfinite(self.points.near).any():
            self._drop_near()
        careful = self.points.careful(least)
        close_all(self._corners, self._outlines, self.open, self.count, least, careful)

    def compact(self) -> NDArray[np.int64]:
        """Forget clusters that are dead; the new number of every old one, -1 if it is forgotten."""
        living = self.living
        renamed = np.full(self.count, -1, dtype=np.int64)
        renamed[living] = np.arange(len(living))
        self._past += [tuple(ends) for ends in self.segments[np.flatnonzero(renamed < 0)].tolist()]
        kept = np.ix_(living, living)
        self.open[: len(living), : len(living)] = self.open[kept]
        for name in ("alive", "diameters", "segments", "_outlines"):
            values = getattr(self, name)
            values[: len(living)] = values[living]
        self.count = len(living)
        lengths = self._outlines[: self.count, 1] - self._outlines[: self.count, 0]
        corners = [self._corners[:, begin:end] for begin, end in self._outlines[: self.count].tolist()]
        self._used = int(lengths.sum())
        self._corners[:, : self._used] = np.hstack([np.empty((self.points.dimension, 0)), *corners])
        ends = np.cumsum(lengths)
        self._outlines[: self.count] = np.column_stack([ends - lengths, ends])
        return renamed

    def _drop_near(self) -> None:
        """Take points out that are too near to a required one; clusters without any are dead."""
        for c in self.living.tolist():
            begin, end = (int(k) for k in self.segments[c])
            segment = self.order[begin:end]
            fine = self.points.near[segment] >= self.least
            if fine.all():
                continue
            middle = begin + int(fine.sum())
            self.order[begin:end] = np.concatenate([segment[fine], segment[~fine]])
            self._past.append((middle, end))
            if middle == begin:
                self.segments[c] = begin, begin
                self.kill(np.array([c]))
            else:
                self._place(c, begin, middle)
                self._close_row(c)

    def _close_row(self, c: int) -> None:
        careful = self.points.careful(self.least)
        close_row(self._corners, self._outlines, self.open, self.count, c, self.least, careful)

    def _new(self) -> int:
        """Room for one more cluster; its number."""
        room = len(self.alive)
        if self.count == room:
            wider = np.zeros((2 * room, 2 * room), dtype=np.uint8)
            wider[:room, :room] = self.open
            self.open = wider
            for name in ("alive", "diameters", "segments", "_outlines"):
                values = getattr(self, name)
                setattr(self, name, np.concatenate([values, np.zeros_like(values)]))
        self.alive[self.count] = True
        self.count += 1
        return self.count - 1

    def _place(self, c: int, begin: int, end: int) -> None:
        """Make a part of the order a cluster, and find its outline."""
        corners = self._outline(self.order[begin:end])
        size = corners.shape[1]
        while self._used + size > self._corners.shape[1]:
            self._corners = np.hstack([self._corners, np.zeros_like(self._corners)])
        ends = self._used, self._used + size
        self._corners[:, ends[0] : ends[1]] = corners
        self.segments[c], self._outlines[c] = (begin, end), ends
        self._used += size
        wide = self.points.at_most(diameter(self._corners, *ends))
        self.diameters[c] = wide if end - begin > 1 else 0.0

    def _outline(self, segment: NDArray[np.int64]) -> NDArray[np.float64]:
        """Vertices of the hull in the plane; else few points themselves, or the corners of the box."""
        columns = self.points.columns
        if self.points.dimension == 2 and len(segment) > 2:
            found = np.empty(2 * len(segment), dtype=np.int64)
            segment = found[: hull(columns, segment, self.points.exact, found)]
        outline = columns[:, segment]
        if len(segment) <= (_FEW if self.points.dimension == 2 else 2**self.points.dimension):
            return outline
        ends = np.stack([outline.min(axis=1), outline.max(axis=1)])
        sides = np.meshgrid(*ends.T, indexing="ij")
        return np.stack([side.ravel() for side in sides])
