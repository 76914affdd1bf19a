"""Tests of `dispersion.random_baseline`."""

from __future__ import annotations

import math

import numpy as np
import pytest

from dispersion import Instance
from dispersion.random_baseline import RandomValues, normalised_value, random_values


def test_random_values_are_those_of_random_selections():
    """On the line 0, 1, 2 with p = 2, a third of the pairs is worth 2 and the rest 1."""
    line = Instance([[0, 1, 2], [1, 0, 1], [2, 1, 0]], 2)
    values = random_values(line, draws=3000, seed=1)
    assert values.best == 2.0
    assert values.mean == pytest.approx(4 / 3, abs=0.05)
    assert values == random_values(line, draws=3000, seed=1)


def test_the_way_starts_at_random_and_ends_at_the_best():
    """0 at the random mean, 1 at the best, nothing where they coincide."""
    assert normalised_value(1.0, 1.0, 3.0) == 0.0
    assert normalised_value(3.0, 1.0, 3.0) == 1.0
    assert normalised_value(2.0, 2.0, 2.0) is None


@pytest.mark.parametrize("unit", [1.0, 1e305, 4e307, 1e308])
def test_distances_near_the_largest_float(unit: float) -> None:
    """Where the sum of a selection is a float the mean is one; where it is none, both say so."""
    square = Instance(unit * np.array([[0, 1.0, 0, 0], [1, 0, 1, 0], [0, 1, 0, 1], [0, 0, 1, 0]]), 3)
    values = random_values(square, "max-sum", seed=1)
    if unit == 1e308:
        assert values == RandomValues(math.inf, math.inf)
        return
    small = random_values(Instance(square.distances / unit, 3), "max-sum", seed=1)
    assert values.best == small.best * unit
    assert values.mean == pytest.approx(small.mean * unit)
