"""How many filters each layer keeps."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dispersion.errors import InputError
from pruning import uniform


@pytest.mark.parametrize(
    ("n", "keep", "expected"),
    [(64, 0.5, 32), (5, 0.5, 3), (64, 0.01, 2), (10, 1.0, 10), (1, 0.5, 1), (2, 0.1, 2), (3, 0.9, 3)],
)
def test_rounds_halves_up_and_keeps_two(n: int, keep: float, expected: int) -> None:
    """The table of small and rounded cases holds."""
    assert uniform(n, keep) == expected


@given(st.integers(1, 5000), st.floats(0, 1, exclude_min=True))
def test_stays_within_the_layer(n: int, keep: float) -> None:
    """Between 2 and n filters are kept, and within half a filter of the share where that allows."""
    kept = uniform(n, keep)
    assert min(2, n) <= kept <= n
    assert kept in (2, n) or abs(kept - n * keep) <= 0.5


@pytest.mark.parametrize("keep", [0.0, -0.1, 1.01, math.nan, math.inf])
def test_refuses_other_shares(keep: float) -> None:
    """A share outside (0, 1] is refused with its value."""
    with pytest.raises(InputError, match=r"\(0, 1\]"):
        uniform(10, keep)


def test_refuses_empty_layers() -> None:
    """A layer of no filters is refused."""
    with pytest.raises(InputError, match="not 0"):
        uniform(0, 0.5)
