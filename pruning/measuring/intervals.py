"""95 % confidence intervals by plain formulas."""

from __future__ import annotations

import math
from collections.abc import Sequence
from statistics import NormalDist

from dispersion.errors import InputError

Interval = tuple[float, float]
"""Lower and upper end of a 95 % confidence interval."""

_ONE_IN = 20  # so many intervals misses the truth; a whole number, so that counts stay exact
_Z = NormalDist().inv_cdf(1 - 0.5 / _ONE_IN)


def wilson(right: int, of: int) -> Interval:
    """Return the Wilson score interval of a share.

    Unlike the textbook interval it holds its level near 0 and 1 and never leaves [0, 1].

    Parameters
    ----------
    right : int
        Successes, 0 to `of`.
    of : int
        Independent trials, at least 1.

    Returns
    -------
    tuple of float
        The ends of the 95 % interval, fractions; ``right / of`` lies between them.

    Raises
    ------
    InputError
        The counts are out of range.

    References
    ----------
    Wilson, "Probable Inference, the Law of Succession, and Statistical Inference" (1927).
    Brown, Cai, DasGupta, "Interval Estimation for a Binomial Proportion" (2001), section 3.1.1.
    """
    if of < 1 or not 0 <= right <= of:
        raise InputError(f"a share needs 0 <= right <= of and of >= 1, not {right} of {of}")
    middle = right + _Z**2 / 2
    half = _Z * math.sqrt(right * (of - right) / of + _Z**2 / 4)
    low = (middle - half) / (of + _Z**2) if right else 0.0  # exactly 0 and 1, but for rounding
    high = (middle + half) / (of + _Z**2) if right < of else 1.0
    return low, high


def median_interval(values: Sequence[float]) -> Interval | None:
    """Return an interval of the median of whatever distribution the values were drawn from.

    The k-th smallest and the k-th largest value, k as large as the binomial distribution allows.

    Parameters
    ----------
    values : sequence of float
        Independent draws, in any order.

    Returns
    -------
    tuple of float, or None
        The ends of an interval that holds the median with a probability of at least 95 %; None
        below 6 values, of which no two enclose it that surely.

    References
    ----------
    David, Nagaraja, "Order Statistics" (2003), section 7.1.
    """
    n = len(values)
    outside, k = 0, 0  # the ways in which fewer than k + 1 of n values lie below the median
    while (outside := outside + math.comb(n, k)) * 2 * _ONE_IN <= 2**n:
        k += 1
    ordered = sorted(values)
    return (ordered[k - 1], ordered[n - k]) if k else None
