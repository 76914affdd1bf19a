"""The same share of filters in every layer, as counts."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from dispersion.errors import InputError
from pruning.budgets.problem import BudgetProblem


def uniform(n: int, keep: float) -> int:
    """Return how many of `n` filters a layer keeps when every layer keeps the same share.

    Parameters
    ----------
    n : int
        Filters of the layer, at least 1.
    keep : float
        Share to keep, in (0, 1].

    Returns
    -------
    int
        ``n * keep`` rounded to the nearest, halves up; at least 2, because the dispersion of a
        selection is a distance between two of its members; at most `n`.

    Raises
    ------
    InputError
        `keep` is outside (0, 1], or `n` below 1.
    """
    if not 0 < keep <= 1:
        raise InputError(f"the share of filters to keep must lie in (0, 1], not {keep!r}")
    if n < 1:
        raise InputError(f"a layer has at least one filter, not {n!r}")
    return min(n, max(2, math.floor(n * keep + 0.5)))


def levels_of_ratios(problem: BudgetProblem) -> list[NDArray[np.float64]]:
    """For every layer, the negated share at which it keeps p filters, for p = 1 .. n."""
    return [(0.5 - np.arange(1, n + 1)) / n for n in problem.most]
