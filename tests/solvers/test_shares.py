"""Tests of `solvers.shares`: numbers stay, shares are rounded."""

from __future__ import annotations

import math

import numpy as np
import pytest

from dispersion import InputError
from solvers.shares import count_of, train_count


def test_a_number_or_a_share():
    """A share is rounded down unless told otherwise; numpy's numbers are numbers, too."""
    assert count_of(7, 10, "p") == count_of(np.int64(7), 10, "p") == 7
    assert count_of(0.25, 10, "p") == count_of(np.float32(0.25), 10, "p") == 2
    assert count_of(0.25, 10, "p", math.ceil) == 3


@pytest.mark.parametrize("size", [0.0, 1.0, -0.5, math.nan, True, "half", None])
def test_what_is_neither(size):
    """The message names the size and repeats it."""
    with pytest.raises(InputError, match=r"^size must be .* got"):
        count_of(size, 10, "size")


def test_samples_for_training():
    """A quarter is for the test by default; shares for training are rounded down, for the test up."""
    assert train_count(None, None, 10) == 7
    assert (train_count(0.75, None, 10), train_count(None, 0.25, 10)) == (7, 7)
    assert (train_count(4, None, 10), train_count(None, 4, 10)) == (4, 6)
