"""The points that can be chosen, without copies, and how far they are from the required ones."""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from solvers.points.unit import LEAST_SQUARE, Unit

Floats = NDArray[np.float64]
Indices = NDArray[np.intp]

_EXACT_BITS = 24  # of coordinates whose squared distances, in up to 4 dimensions, are exact
_CARE = 4e-15  # relative: above every rounding error of a squared distance in up to 4 dimensions


@dataclass(frozen=True, eq=False)
class PointSet:
    """Distinct points, by ascending coordinates.

    Attributes
    ----------
    columns : ndarray, shape (d, m)
        The coordinates, in the unit.
    rows : ndarray of int, shape (m,)
        Which of the points given each of them is; of copies, the first.
    near : ndarray, shape (m,)
        Squared distance of each to the nearest required point; infinite if there are none.
    cap : float
        The least squared distance of two required points; infinite if there are fewer.
    unit : Unit
        What squared distances are worth.
    given : int
        How many points were given.
    """

    columns: Floats
    rows: Indices
    near: Floats
    cap: float
    unit: Unit
    given: int

    @classmethod
    def of(cls, points: Floats, required: Indices, excluded: Indices, unit: Unit) -> PointSet:
        """Those of points, shape (n, d), that are neither out nor in, nor copies of those in."""
        free = np.ones(len(points), dtype=np.bool_)
        free[required] = free[excluded] = False
        rows = _distinct(points, np.flatnonzero(free), required)
        columns, taken = unit.columns(points[rows]), unit.columns(points[required])
        cap = math.inf
        for k in range(1, len(required)):
            cap = min(cap, float(_nearest(taken[:, k : k + 1], taken[:, :k])[0]))
        return cls(columns, rows, _nearest(columns, taken), cap, unit, len(points))

    def __len__(self) -> int:
        return len(self.rows)

    @property
    def dimension(self) -> int:
        """How many coordinates a point has."""
        return len(self.columns)

    @cached_property
    def exact(self) -> bool:
        """Whether all differences, their products and squared distances are without rounding."""
        steps = np.ldexp(self.columns, _EXACT_BITS)
        return bool((steps == np.rint(steps)).all())

    def careful(self, square: float) -> float:
        """A little less than a square: no pair reaches it if no pair of the hulls reaches this."""
        return square if self.exact else square * (1.0 - _CARE)

    def at_most(self, square: float) -> float:
        """A little more than a square: no pair exceeds it if no pair of the hulls exceeds that."""
        return max(square * (1.0 + _CARE), LEAST_SQUARE)


def _distinct(points: Floats, rows: Indices, required: Indices) -> Indices:
    """Rows in ascending order of coordinates: of copies the first, and no copies of required ones."""
    every = np.concatenate([required, rows])
    order: Indices = every[np.lexsort(points[every].T[::-1])]
    if len(order) == 0:
        return order
    new = np.concatenate([[True], (points[order[1:]] != points[order[:-1]]).any(axis=1)])
    starts = np.flatnonzero(new)
    copied = np.logical_or.reduceat(np.isin(order, required), starts)
    distinct: Indices = order[starts[~copied]]
    return distinct


def _nearest(columns: Floats, centres: Floats) -> Floats:
    """Squared distance of every point, shape (d, m), to the nearest of some centres, shape (d, r)."""
    from solvers.kernels.point_distances import lower_to

    joined = np.ascontiguousarray(np.hstack([columns, centres]))
    near = np.full(joined.shape[1], np.inf)
    for centre in range(columns.shape[1], joined.shape[1]):
        lower_to(joined, centre, near)
    return near[: columns.shape[1]].copy()
