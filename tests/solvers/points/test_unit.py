"""Tests of `solvers.points.unit` and `rounding`: thresholds are exact, to the last float."""

from __future__ import annotations

import math

import numpy as np
import pytest

from solvers.points.rounding import Rounding
from solvers.points.unit import Unit


@pytest.mark.parametrize("rounding", Rounding)
@pytest.mark.parametrize("exponent", [0, 7, -40, 60])
def test_the_least_square_that_reaches_a_value(rounding, exponent):
    """It does, and the float before it does not."""
    unit = Unit(exponent, rounding)
    for distance in np.random.default_rng(1).random(50).tolist():
        value = unit.value((distance + 0.1) ** 2)
        if value > (rounding is Rounding.CEIL):  # up, everything reaches 1
            least = unit.reaching(value)
            assert unit.value(least) == value
            assert unit.value(math.nextafter(least, 0.0)) < value


@pytest.mark.parametrize("rounding", Rounding)
def test_values_follow_each_other(rounding):
    """The next value is above, and the one below it is not above the first."""
    for value in (0.0, 1.0, 7.0, 2.0**60):
        after = rounding.next_value(value)
        assert rounding.of(after) == after > value
        assert rounding.value_below(after) <= value


def test_half_is_rounded_up():
    """As TSPLIB has it; and up is up."""
    assert [Rounding.NINT.of(x) for x in (1.49, 1.5, 2.5)] == [1, 2, 3]
    assert [Rounding.CEIL.of(x) for x in (1.0, 1.01)] == [1, 2]
