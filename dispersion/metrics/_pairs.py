"""Distances by a function of two points, which any may be."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from dispersion.errors import InputError, shown

Distance = Callable[[Any, Any], float]  #: takes two points

_ROUNDING = 1e-9  # of the two distances of a pair


def by_pairs(points: Sequence[Any] | NDArray[np.float64], distance: Distance) -> NDArray[np.float64]:
    """Distances of all pairs, shape (n, n); `distance` is called once for each of them.

    The pairs of the first point are tried in both orders.

    Raises
    ------
    InputError
        The function returns something else than a number, or is not symmetric.
    """
    n = len(points)
    half = np.zeros((n, n))
    for i in range(n):
        for j in range(i + 1, n):
            half[i, j] = _number(distance, points, i, j)
    for j in range(1, n):
        back = _number(distance, points, j, 0)
        if abs(back - half[0, j]) > _ROUNDING * max(abs(back), abs(half[0, j])):
            raise InputError(
                f"{_name(distance)} is not symmetric: points 0 and {j} are {half[0, j]:g} apart, and "
                f"{j} and 0 {back:g}; give the matrix of both to Instance.from_matrix, with symmetric=."
            )
    return half + half.T


def _number(distance: Distance, points: Sequence[Any] | NDArray[np.float64], i: int, j: int) -> float:
    value = distance(points[i], points[j])
    try:
        return float(value)
    except (TypeError, ValueError) as error:
        raise InputError(
            f"{_name(distance)} must return a number, got {shown(value)} for points {i} and {j}."
        ) from error


def _name(distance: Distance) -> str:
    return f"the metric {getattr(distance, '__name__', type(distance).__name__)}"
