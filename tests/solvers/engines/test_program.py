"""Numbers that engines print."""

import math

import pytest

from solvers.engines.program import read_bound


@pytest.mark.parametrize(
    ("printed", "sign", "exact"),
    [
        ("3.505735e+01", 1.0, 35.05735294117647),
        ("35.05735", 1.0, 35.05735294117647),
        ("-35.05735", -1.0, 35.05735294117647),
        ("-35.05736", -1.0, 35.05735294117647),
        ("120", 1.0, 120.4),
        ("-0.5", 1.0, -0.46),
    ],
)
def test_a_printed_bound_is_never_below_the_exact_one(printed, sign, exact):
    """And above it by two of its last digits at most."""
    digit = 10.0 ** -len(printed.partition("e")[0].partition(".")[2])
    digit *= 10.0 ** int(printed.partition("e")[2] or 0)
    assert exact <= read_bound(printed, sign) <= exact + 2 * digit


def test_infinite_bounds_and_words():
    """Infinity stays; what is no number is refused."""
    assert read_bound("inf") == math.inf
    assert read_bound("inf", -1.0) == -math.inf
    with pytest.raises(ValueError, match="could not convert"):
        read_bound("--")
