"""The triangle inequality, looked at rather than believed."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from dispersion.arrays.matrices import room_of
from dispersion.errors import InputError

_SAMPLE = 4000  #: triangles looked at beside those over the longest distance

Matrix = NDArray[np.float64]


def slack(matrix: Matrix, unit: float) -> float:
    """By how much rounding can break the inequality: roots of rounded squares are off by so much."""
    return max(math.sqrt(room_of(unit)), 4.0 * unit) * float(matrix.max())


def broken(matrix: Matrix, i: int, j: int, k: int) -> str:
    """What is wrong with the triangle of three points, in words."""
    return (
        f"the distance [{i}, {k}] = {matrix[i, k]:.6g} is more than [{i}, {j}] + [{j}, {k}] = "
        f"{matrix[i, j] + matrix[j, k]:.6g}"
    )


def check_sample(matrix: Matrix, unit: float, metric: str | None) -> None:
    """Look at every triangle over the longest distance, and at 4000 others.

    `metric` is the name under which the distances are said to be one, if there is a name.

    Raises
    ------
    InputError
        One of them breaks the inequality by more than rounding can; the message names it.
    """
    n = len(matrix)
    if n < 3:
        return
    i, k = np.unravel_index(int(matrix.argmax()), matrix.shape)
    drawn = np.random.default_rng(0).integers(n, size=(3, _SAMPLE))
    ends = np.full(n, i), np.arange(n), np.full(n, k)
    one, middle, other = (np.concatenate(both) for both in zip(ends, drawn, strict=True))
    excess = matrix[one, other] / 2.0 - matrix[one, middle] / 2.0 - matrix[middle, other] / 2.0
    worst = int(excess.argmax())
    if excess[worst] > slack(matrix, unit) / 2.0:
        named = broken(matrix, int(one[worst]), int(middle[worst]), int(other[worst]))
        if metric is None:
            raise InputError(f"these distances are no metric: {named}; leave out is_metric=True.")
        raise InputError(
            f"these are no {metric} distances: {named}; leave out metric={metric!r}, or give the "
            "points to Instance.from_points."
        )
