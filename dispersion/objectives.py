"""What a selection is worth; the only place that says so."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from dispersion.registry import Registry

Value = Callable[[NDArray[np.float64]], float]


@dataclass(frozen=True, slots=True)
class Objective:
    """A value of a selection, to be maximised.

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
    """

    name: str
    summary: str
    of_pairs: Value
    rounding: float
    default_solver: str

    def value(self, distances: NDArray[np.float64], selected: NDArray[np.intp]) -> float:
        """Value of the points `selected` (shape (p,), p >= 2) on `distances` (shape (n, n))."""
        among = distances[np.ix_(selected, selected)]
        return self.of_pairs(among[~np.tri(len(selected), dtype=np.bool_)])


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
    ),
)
