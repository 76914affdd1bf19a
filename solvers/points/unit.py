"""The unit in which squared distances are computed, and what they are worth."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from dispersion.errors import InputError
from solvers.points.rounding import Rounding

Floats = NDArray[np.float64]

_MOST_SQUARE = 16.0  # in the unit, in up to 4 dimensions
LEAST_SQUARE = 1e-290  #: smaller ones have lost digits to underflow


@dataclass(frozen=True, slots=True)
class Unit:
    """A power of two in which no coordinate exceeds 1, so that squares do not overflow.

    A squared distance is the sum of the squared differences, in the order of the coordinates, each
    operation rounded to the nearest float.  A distance is worth its root, multiplied by the unit, and
    rounded as is asked.

    Attributes
    ----------
    exponent : int
        The unit is 2 to this power.
    rounding : Rounding
        How distances are rounded.
    """

    exponent: int
    rounding: Rounding

    @classmethod
    def of(cls, rows: Floats, rounding: Rounding) -> Unit:
        """That of points, shape (n, d)."""
        return cls(math.frexp(float(np.abs(rows).max()))[1], rounding)

    def columns(self, rows: Floats) -> Floats:
        """Points, shape (n, d), in the unit and by coordinate, shape (d, n)."""
        return np.ascontiguousarray(np.ldexp(rows, -self.exponent).T)

    def value(self, square: float) -> float:
        """What a squared distance is worth; never less than a smaller one."""
        try:
            return self.rounding.of(math.ldexp(math.sqrt(square), self.exponent))
        except OverflowError:
            return math.inf

    def reaching(self, value: float) -> float:
        """The least squared distance that is worth at least `value`, by bisection of the floats.

        Raises
        ------
        InputError
            It is so small that squares have lost digits.
        """
        low, high = 0, _bits(_MOST_SQUARE)
        while low < high:
            middle = (low + high) // 2
            if self.value(_float(middle)) >= value:
                high = middle
            else:
                low = middle + 1
        least = _float(low)
        if least < LEAST_SQUARE:
            raise InputError(
                "the distances that decide here are less than 1e-145 times the largest coordinate, and "
                "their squares lose digits; move the points to the origin, or leave out those that are "
                "so far away."
            )
        return least

    def worth(self, rows: Floats) -> float:
        """The least distance among points, shape (k, d)."""
        squares = np.zeros((len(rows), len(rows)))
        for column in self.columns(rows):
            squares += (column[:, None] - column) ** 2
        return self.value(float(squares[~np.tri(len(rows), dtype=np.bool_)].min()))


def _bits(value: float) -> int:
    """The bits of a float >= 0, as a whole number in the same order."""
    return int(np.float64(value).view(np.int64))


def _float(bits: int) -> float:
    """The float of these bits."""
    return float(np.int64(bits).view(np.float64))
