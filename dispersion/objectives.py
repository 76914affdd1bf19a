"""What a selection is worth; the only place that says so."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from dispersion.instance import Instance
from dispersion.registry import Registry

_LEAST = 1e-290  # a distance: smaller ones are too near the least float to be scaled

Value = Callable[[NDArray[np.float64]], float]


@dataclass(frozen=True, slots=True)
class Objective:
    """A value of a selection, to be maximised: everything that is true of it.

    Attributes
    ----------
    name : str
        "max-min" or "max-sum".
    summary : str
        One line for ``--help``.
    of_pairs : callable
        Distances of the selected pairs i < j, shape (p (p - 1) / 2,), to the value.
    rounding : float
        The share by which two equal values can differ; 0 if a value is an entry of the matrix.
    default_solver : str
        The registered solver that answers where none is named.
    refusal : callable
        Distances, shape (n, n), to the reason why values of them cannot be computed; "" if they can.
    """

    name: str
    summary: str
    of_pairs: Value
    rounding: float
    default_solver: str
    refusal: Callable[[NDArray[np.float64]], str] = lambda distances: ""

    @property
    def values_are_distances(self) -> bool:
        """Whether every value is an entry of the matrix, so that values compare exactly."""
        return self.rounding == 0.0

    def value(self, distances: NDArray[np.float64], selected: NDArray[np.intp]) -> float:
        """Value of the points `selected` (shape (p,), p >= 2) on `distances` (shape (n, n))."""
        among = distances[np.ix_(selected, selected)]
        return self.of_pairs(among[~np.tri(len(selected), dtype=np.bool_)])

    def next_value(self, bound: float, instance: Instance) -> float | None:
        """The least value above a bound that a selection could have; `None` if there is none."""
        if not self.values_are_distances:
            return float(np.nextafter(bound, np.inf))
        levels = instance.levels
        above = int(np.searchsorted(levels, bound, side="right"))
        return float(levels[above]) if above < len(levels) else None


def _cannot_be_added(distances: NDArray[np.float64]) -> str:
    """Why sums of distances, or products with small numbers, do not fit into floats."""
    largest, pairs = float(distances.max()), float(len(distances)) ** 2
    if math.isfinite(largest * pairs) and not 0.0 < largest < _LEAST:
        return ""
    return f"sums of distances up to {largest:g} cannot be computed with; give them in another unit."


objectives: Registry[Objective] = Registry("objective")


MAX_MIN = objectives.add(
    "max-min",
    Objective(
        "max-min",
        "the smallest selected distance (p-dispersion)",
        lambda pairs: float(pairs.min()),
        rounding=0.0,
        default_solver="clique",
    ),
)
MAX_SUM = objectives.add(
    "max-sum",
    Objective(
        "max-sum",
        "the sum of the selected distances (maximum diversity)",
        lambda pairs: float(pairs.sum()),
        rounding=1e-9,
        default_solver="qcr",
        refusal=_cannot_be_added,
    ),
)
DEFAULT_OBJECTIVE = MAX_MIN.name


def list_objectives() -> list[Objective]:
    """The registered objectives, by name.

    Examples
    --------
    >>> [objective.name for objective in list_objectives()]
    ['max-min', 'max-sum']
    """
    return [objectives[name] for name in objectives]
