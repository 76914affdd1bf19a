"""Numbers that engines print."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from solvers.engines.program import read_bound


@given(
    st.floats(-1e12, 1e12).filter(lambda value: abs(value) > 1e-12),
    st.sampled_from([(6, "{:g}"), (7, "{:.6e}"), (10, "{:.10g}"), (10, "{:17.9e}")]),
    st.sampled_from([1.0, -1.0]),
)
def test_a_printed_bound_is_never_below_the_exact_one(exact, how, sign):
    """And above it by little more than its last digit."""
    digits, form = how
    read = read_bound(form.format(sign * exact), digits, sign)
    assert exact <= read <= exact + abs(exact) * 2.0 * 10.0 ** (1 - digits)


def test_odd_bounds():
    """Infinity and zero stay; what is no number is refused."""
    assert read_bound("inf", 7) == math.inf
    assert read_bound("inf", 7, -1.0) == -math.inf
    assert read_bound("0", 7) == 0.0
    assert read_bound("35", 10) == pytest.approx(35.0, rel=1e-9)
    with pytest.raises(ValueError, match="could not convert"):
        read_bound("--", 7)
