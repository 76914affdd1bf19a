"""Distances that ignore sign and length: a filter and its negative are the same line.

An all-zero point has no direction.  It is put at the distance of orthogonal lines from every other
point and at 0 from other zero points, which keeps the triangle inequality.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from dispersion.metrics import metric
from dispersion.metrics.euclidean import euclidean
from dispersion.metrics.normalized import unit_rows


def _sine(X: NDArray[np.float64]) -> NDArray[np.float64]:
    """Sine of the angle between lines, accurate for nearly parallel ones.

    From the chords a = |u - v| and b = |u + v| of unit vectors: ``sin = a b / 2``.
    """
    unit = unit_rows(X)
    n = len(unit)
    chords = euclidean(np.vstack([unit, -unit]))
    sine = np.minimum(chords[:n, :n] * chords[:n, n:] / 2.0, 1.0)
    dead = np.flatnonzero(~unit.any(axis=1))
    sine[dead, :] = sine[:, dead] = 1.0
    sine[np.ix_(dead, dead)] = 0.0
    upper = np.triu(sine, k=1)
    return upper + upper.T


@metric("chordal", is_metric=True, summary="sqrt(1 - cos^2), the sine of the angle between lines")
def chordal(X: NDArray[np.float64]) -> NDArray[np.float64]:
    """Sine of the angle between the lines through the points, in [0, 1]."""
    return _sine(X)


@metric("angular", is_metric=True, summary="arccos|cos|, the angle between lines, in radians")
def angular(X: NDArray[np.float64]) -> NDArray[np.float64]:
    """Angle between the lines through the points, in radians, in [0, pi/2]."""
    unit = unit_rows(X)
    sine = _sine(X)
    upper = np.triu(np.arctan2(sine, np.abs(unit @ unit.T)), k=1)  # accurate near 0 and near pi/2
    angles: NDArray[np.float64] = np.where(np.triu(sine, k=1) > 0, upper, 0.0)
    return angles + angles.T
