"""Distances in a unit that engines and linear algebra can take: whole numbers, or near 1."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from dispersion.instance import Instance

_LARGEST_SUM = 2.0**53  # of whole numbers: beyond it, floats that count them are not exact


def unit_of(matrix: NDArray[np.float64]) -> float:
    """The power of two that brings the largest entry between 1/2 and 1; 1 if there is none above 0.

    Multiplying by it rounds nothing, but for entries that vanish beside the largest; then squares and
    sums of entries neither overflow nor vanish.
    """
    _, exponent = np.frexp(matrix.max())
    return float(np.ldexp(1.0, -int(exponent)))


def scaled(instance: Instance) -> tuple[NDArray[np.int64], float]:
    """Distances in steps of a power of two, rounded up, and the step.

    The step is 1 if all distances are whole numbers, else as small as it can be for all pairs together
    to sum to less than 2**53.
    """
    distances, n = instance.distances, instance.n
    whole = bool((distances == np.rint(distances)).all()) and float(distances.sum()) < _LARGEST_SUM
    if whole or not distances.any():
        return distances.astype(np.int64), 1.0
    finest = max(float(distances.max()) * n * n / _LARGEST_SUM, 2.0**-1022)  # no step is 0
    step = 2.0 ** math.ceil(math.log2(finest))
    return np.ceil(distances / step).astype(np.int64), step


def scaling_error(instance: Instance, steps: NDArray[np.int64], step: float) -> float:
    """How far the largest sum in steps can lie above the largest sum of distances.

    No pair is rounded down, so no selection is worth less in steps; each of the p (p - 1) / 2 pairs is
    rounded up by less than a step.  It is 0 if nothing was rounded.
    """
    if (steps * step == instance.distances).all():
        return 0.0
    return step * instance.p * (instance.p - 1) / 2.0
