"""Tests of what an instance asks for: p points, or points that are at least so far apart."""

from __future__ import annotations

import math
from fractions import Fraction

import numpy as np
import pytest

from dispersion import InputError, Instance
from dispersion.asked import checked_at_least, in_words, size_of

LINE = [[0, 1, 2], [1, 0, 1], [2, 1, 0]]


def test_one_of_the_two_is_asked():
    """p, or a distance, in which case p is the most there could be; neither and both are refused."""
    assert size_of(2, None, 3) == (2, None)
    assert size_of(None, 1.5, 3) == (3, 1.5)
    assert size_of(None, 1.5, 1) == (1, 1.5)
    with pytest.raises(InputError, match=r"got None; give it, or .* \(at_least\)"):
        size_of(None, None, 3)
    with pytest.raises(InputError, match=r"p = 2 and at_least = 1\.5 exclude each other"):
        size_of(2, 1.5, 3)


@pytest.mark.parametrize(
    "bad", [-1, -1e-300, math.nan, math.inf, -math.inf, 10**400, True, "1", None, 1j, [1.0]]
)
def test_a_distance_is_a_finite_number_of_0_or_more(bad):
    """Anything else is refused in one sentence, by the name that the user knows."""
    with pytest.raises(InputError, match=r"^--at-least must be a .*, got .*\.$"):
        checked_at_least(bad, "--at-least")


@pytest.mark.parametrize("good", [0, -0.0, 2, np.float32(0.1), np.int64(3), Fraction(1, 2), 1e308])
def test_every_kind_of_number_will_do(good):
    """It becomes a float of the same value, and 0 has one sign."""
    read = checked_at_least(good)
    assert type(read) is float
    assert read == good
    assert math.copysign(1.0, read) == 1.0


def test_in_words():
    """As questions, tables and messages call it."""
    assert in_words(3, None) == "p = 3"
    assert in_words(3, 0.5) == "at least 0.5 apart"


def test_an_instance_that_asks_for_a_distance():
    """From a matrix or from points, of one point too; it can be changed both ways."""
    instance = Instance(LINE, at_least=1)
    assert (instance.p, instance.at_least, instance.asked) == (3, 1.0, "at least 1 apart")
    assert repr(instance) == "Instance('instance', n=3, at_least=1.0)"
    assert Instance.from_points([[0.0], [1.0], [2.0]], at_least=1).distances.tolist() == LINE
    assert Instance([[0.0]], at_least=0).p == 1
    back = instance.with_p(2)
    assert (back.p, back.at_least) == (2, None)
    again = back.with_at_least(1.0)
    assert again.digest == instance.digest
    assert again.distances is instance.distances
    others = [back, back.with_p(3), back.with_at_least(np.nextafter(1.0, 2.0))]
    assert len({instance.digest, *(one.digest for one in others)}) == 4
