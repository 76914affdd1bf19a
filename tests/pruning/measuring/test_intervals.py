"""Intervals, held against their definitions."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dispersion.errors import InputError
from pruning.measuring.intervals import median_interval, wilson

Z = 1.959963984540054


@pytest.mark.parametrize(
    ("right", "of", "expected"),
    [
        (81, 263, (0.2553, 0.3662)),
        (15, 148, (0.0624, 0.1605)),
        (0, 20, (0.0, 0.1611)),
        (1, 29, (0.0061, 0.1718)),
    ],
)
def test_wilson_of_published_examples(right: int, of: int, expected: tuple[float, float]) -> None:
    """The ends are those of Newcombe (1998), table I, method 3."""
    assert wilson(right, of) == pytest.approx(expected, abs=5e-5)


@given(st.integers(1, 100_000).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n))))
def test_wilson_inverts_the_score_test(counts: tuple[int, int]) -> None:
    """At each end the observed share lies just 1.96 standard errors of that end away."""
    right, of = counts
    share, ends = right / of, wilson(right, of)
    assert 0 <= ends[0] <= share <= ends[1] <= 1
    for end in ends:
        assert abs(share - end) == pytest.approx(Z * math.sqrt(end * (1 - end) / of), abs=1e-9)
    assert wilson(of - right, of) == pytest.approx((1 - ends[1], 1 - ends[0]), abs=1e-12)


@pytest.mark.parametrize(("right", "of"), [(0, 0), (-1, 5), (6, 5)])
def test_wilson_refuses_impossible_counts(right: int, of: int) -> None:
    """No trials, or more or fewer successes than can be, are refused."""
    with pytest.raises(InputError, match=f"not {right} of {of}"):
        wilson(right, of)


@pytest.mark.parametrize(("n", "k"), [(6, 1), (8, 1), (9, 2), (20, 6), (30, 10), (50, 18), (100, 40)])
def test_median_interval_takes_the_tabled_ranks(n: int, k: int) -> None:
    """The k-th value from either end, as tables of the sign test have it, whatever the order."""
    values = np.random.default_rng(0).permutation(np.arange(1.0, n + 1)).tolist()
    assert median_interval(values) == (k, n + 1 - k)


def test_few_values_have_no_median_interval() -> None:
    """Smallest and largest of five miss the median in one case of sixteen."""
    assert median_interval([1.0, 2.0, 3.0, 4.0, 5.0]) is None
    assert median_interval([]) is None


def test_median_interval_holds_its_level() -> None:
    """Among many samples of a skewed distribution at least 95 % hold its median."""
    rng = np.random.default_rng(0)
    held = 0
    for _ in range(2000):
        interval = median_interval(rng.exponential(size=30).tolist())
        assert interval is not None
        held += interval[0] <= math.log(2) <= interval[1]
    assert held / 2000 > 0.945
    many = median_interval(range(5000))
    assert many is not None
    assert many[0] < 2500 < many[1]
