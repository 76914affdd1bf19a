"""What a selection is worth; the only place that says so."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from dispersion.errors import InputError
from dispersion.instance import Instance
from dispersion.registry import Registry

_LEAST = 1e-290  # a distance: smaller ones are too near the least float to be scaled

Distances = NDArray[np.float64]
Value = Callable[[Distances], float]
Absorbed = Callable[[Distances, Distances, float, int], Distances]
"""Takes the distances of free points, shape (m, m), those to the required points, shape (m, r), what
the required points are worth by themselves, and how many points are to be added, at least two; returns
distances of the free points by which a selection of them is worth what it is together with the
required ones."""


@dataclass(frozen=True, slots=True)
class Objective:
    """A value of a selection, to be maximised: everything that is true of it.

    Attributes
    ----------
    name : str
        "max-min", "max-sum" or "packing".
    summary : str
        One line for ``--help``.
    of_selected : callable
        Distances among the selected points, shape (k, k), to the value.
    rounding : float
        The share by which two equal values can differ; 0 if values compare exactly.
    default_solver : str
        The registered solver that answers where none is named.
    refusal : callable
        Distances, shape (n, n), to the reason why values of them cannot be computed; "" if they can.
    counts : bool
        Whether the value is how many points are chosen that are pairwise at least as far apart as the
        instance asks; else the instance says how many are chosen.
    nothing : float
        What a pair is worth that does not count.
    absorbed : callable
        See `Absorbed`; of objectives that do not count.
    """

    name: str
    summary: str
    of_selected: Value
    rounding: float
    default_solver: str
    refusal: Callable[[NDArray[np.float64]], str] = lambda distances: ""
    counts: bool = False
    nothing: float = 0.0
    absorbed: Absorbed = lambda free, near, alone, more: free

    @property
    def values_are_distances(self) -> bool:
        """Whether every value is an entry of the matrix."""
        return self.rounding == 0.0 and not self.counts

    def check(self, instance: Instance) -> None:
        """`InputError` if it is not what the instance asks for."""
        if self.counts and instance.at_least is None:
            raise InputError(
                f"{self.name} wants points that are at least so far apart, and {instance!r} asks for p "
                "of them; say how far by instance.with_at_least(DISTANCE) (--at-least)."
            )
        if not self.counts and instance.at_least is not None:
            raise InputError(
                f"{self.name} wants p points, and {instance!r} asks for as many as are so far apart; "
                "solve it by solvers.pack, or say how many by instance.with_p(P)."
            )

    def value(self, distances: NDArray[np.float64], selected: NDArray[np.intp]) -> float:
        """Value of the points `selected`, shape (k,), on `distances` (shape (n, n))."""
        return self.of_selected(distances[np.ix_(selected, selected)])

    def worth(self, instance: Instance, selected: NDArray[np.intp]) -> float:
        """Value of the points `selected`, shape (k,), of an instance: by the pairs that count there."""
        among = instance.distances[np.ix_(selected, selected)]
        if not instance.membership.between:
            taken = np.isin(selected, instance.membership.required)
            among[np.ix_(taken, taken)] = self.nothing
        return self.of_selected(among)

    def values(self, instance: Instance) -> NDArray[np.float64] | None:
        """All values that a selection could have, ascending; `None` if they are too many to list."""
        if self.counts:
            return np.arange(1.0, instance.n + 1.0)
        return instance.levels if self.values_are_distances else None

    def next_value(self, bound: float, instance: Instance) -> float | None:
        """The least value above a bound that a selection could have; `None` if there is none."""
        values = self.values(instance)
        if values is None:
            return float(np.nextafter(bound, np.inf))
        above = int(np.searchsorted(values, bound, side="right"))
        return float(values[above]) if above < len(values) else None


def _pairs(among: NDArray[np.float64]) -> NDArray[np.float64]:
    """The distances of pairs i < j."""
    return among[~np.tri(len(among), dtype=np.bool_)]


def _cannot_be_added(distances: NDArray[np.float64]) -> str:
    """Why sums of distances, or products with small numbers, do not fit into floats."""
    largest, pairs = float(distances.max()), float(len(distances)) ** 2
    if math.isfinite(largest * pairs) and not 0.0 < largest < _LEAST:
        return ""
    return f"sums of distances up to {largest:g} cannot be computed with; give them in another unit."


def _absorbed_by_least(free: Distances, near: Distances, alone: float, more: int) -> Distances:
    """No distance longer than that to a required point, of either end, or than those among these."""
    nearest = near.min(axis=1)
    absorbed: Distances = np.minimum(np.minimum(free, np.minimum.outer(nearest, nearest)), alone)
    return absorbed


def _absorbed_by_sum(free: Distances, near: Distances, alone: float, more: int) -> Distances:
    """What a point adds with the required ones is spread over the pairs that it is in, and the rest."""
    adds = near.sum(axis=1) / (more - 1)
    absorbed: Distances = free + np.add.outer(adds, adds) + alone / (more * (more - 1) / 2)
    return absorbed


objectives: Registry[Objective] = Registry("objective")


MAX_MIN = objectives.add(
    "max-min",
    Objective(
        "max-min",
        "the smallest selected distance (p-dispersion)",
        lambda among: float(_pairs(among).min()),
        rounding=0.0,
        default_solver="clique",
        nothing=math.inf,
        absorbed=_absorbed_by_least,
    ),
)
MAX_SUM = objectives.add(
    "max-sum",
    Objective(
        "max-sum",
        "the sum of the selected distances (maximum diversity)",
        lambda among: float(_pairs(among).sum()),
        rounding=1e-9,
        default_solver="qcr",
        refusal=_cannot_be_added,
        absorbed=_absorbed_by_sum,
    ),
)
PACKING = objectives.add(
    "packing",
    Objective(
        "packing",
        "the number of points that are pairwise at least so far apart",
        lambda among: float(len(among)),
        rounding=0.0,
        default_solver="clique",
        counts=True,
    ),
)
DEFAULT_OBJECTIVE = MAX_MIN.name


def list_objectives() -> list[Objective]:
    """The registered objectives, by name.

    Examples
    --------
    >>> [objective.name for objective in list_objectives()]
    ['max-min', 'max-sum', 'packing']
    """
    return [objectives[name] for name in objectives]
