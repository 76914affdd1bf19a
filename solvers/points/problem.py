"""What is asked of `solve_points`, checked."""

from __future__ import annotations

import hashlib
import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from dispersion.errors import InputError
from dispersion.membership import Membership, checked_membership
from dispersion.parameters import whole
from solvers.points.point_set import PointSet
from solvers.points.rounding import Rounding
from solvers.points.unit import Unit
from solvers.scale.points import checked_rows

MOST_COORDINATES = 4  #: of a point; in more, clusters prove little

Floats = NDArray[np.float64]
Indices = NDArray[np.intp]


@dataclass(frozen=True, eq=False)
class Problem:
    """Points, how many of them to choose, and by which distances.

    Attributes
    ----------
    rows : ndarray, shape (n, d)
        The points; their Euclidean distances count.
    p : int
        How many to choose.
    metric : str
        Whose distances these are.
    known : Membership
        Which points are in, and which are out.
    unit : Unit
        What squared distances are worth.
    """

    rows: Floats
    p: int
    metric: str
    known: Membership
    unit: Unit

    @classmethod
    def of(
        cls,
        points: ArrayLike,
        p: int,
        metric: str,
        rounding: str | None,
        required: ArrayLike,
        excluded: ArrayLike,
    ) -> Problem:
        """The problem; `InputError` if it is none."""
        rows = checked_rows(points, metric).astype(np.float64)
        n, d = rows.shape
        if d > MOST_COORDINATES:
            raise InputError(
                f"solve_points takes points of 1 to {MOST_COORDINATES} coordinates, got {d}; solve "
                "Instance.from_points if its matrix fits into memory, else a solvers.core_set."
            )
        p = whole(p, "p", 2, n)
        known = checked_membership(required, excluded, True, n, p, False)
        with np.errstate(over="ignore"):
            sides = rows.max(axis=0) - rows.min(axis=0)
        if not math.isfinite(math.hypot(*sides.tolist())):
            raise InputError("distances of these points are too large for a float; give another unit.")
        return cls(rows, p, metric, known, Unit.of(rows, Rounding.named(rounding)))

    @property
    def required(self) -> Indices:
        """The points that are in."""
        return np.array(self.known.required, dtype=np.intp)

    @property
    def excluded(self) -> Indices:
        """The points that are out."""
        return np.array(self.known.excluded, dtype=np.intp)

    @property
    def more(self) -> int:
        """How many points are to be chosen beside the required ones."""
        return self.p - len(self.known.required)

    def point_set(self) -> PointSet:
        """The distinct points that are left to choose from."""
        return PointSet.of(self.rows, self.required, self.excluded, self.unit)

    def worth(self, selected: Indices) -> float:
        """The least distance among selected points, computed from these alone."""
        return self.unit.worth(self.rows[selected])

    def digest(self) -> str:
        """SHA-256 of all that is asked, in hexadecimal: equal problems have equal ones."""
        asked = self.rows.shape, self.p, self.metric, self.unit.rounding.value, self.known
        content = hashlib.sha256(repr(asked).encode())
        content.update(self.rows.tobytes())
        return content.hexdigest()
