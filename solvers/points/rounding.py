"""Rounded distances, as instance files of the literature define them."""

from __future__ import annotations

import math
from enum import Enum

from dispersion.errors import UnknownNameError


class Rounding(Enum):
    """How a distance is rounded."""

    NONE = None  #: not at all
    NINT = "nint"  #: to the nearest whole number, ``floor(d + 0.5)``: TSPLIB's EUC_2D
    CEIL = "ceil"  #: up to a whole number: TSPLIB's CEIL_2D

    @classmethod
    def named(cls, name: str | None) -> Rounding:
        """The rounding of that name; `UnknownNameError` if there is none."""
        for one in cls:
            if one.value == name:
                return one
        raise UnknownNameError("rounding", str(name), [str(one.value) for one in cls])

    def of(self, distance: float) -> float:
        """A distance, rounded; larger distances are never worth less."""
        if self is Rounding.NONE or math.isinf(distance):
            return distance
        return float(math.floor(distance + 0.5) if self is Rounding.NINT else math.ceil(distance))

    def next_value(self, value: float) -> float:
        """The least value above another that a distance could have."""
        after = math.nextafter(value, math.inf)
        return after if self is Rounding.NONE else max(value + 1.0, after)

    def value_below(self, value: float) -> float:
        """The largest value below another that a distance could have."""
        before = math.nextafter(value, -math.inf)
        return before if self is Rounding.NONE else min(value - 1.0, before)
