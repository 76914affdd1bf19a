"""Allocations by one threshold: all filters are ranked, and the ranking is cut at the budget."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from pruning.budgets.adjusting import repaired
from pruning.budgets.problem import BudgetProblem
from pruning.measuring.quadratic import Counts

Order = NDArray[np.intp]


def ranking(problem: BudgetProblem, levels: Sequence[NDArray[np.float64]]) -> Order:
    """The order in which the layers gain filters, from the least that they keep.

    Parameters
    ----------
    problem : BudgetProblem
        Its L layers.
    levels : sequence of L ndarrays
        ``levels[l][p - 1]``: the threshold below which layer l keeps p filters; never increasing in p.

    Returns
    -------
    ndarray of int, shape (sum of most - least,)
        Layers, those with the highest level first; of equal ones the first layer.
    """
    gains = [level[least:] for level, least in zip(levels, problem.least, strict=True)]
    layer = np.repeat(np.arange(len(gains)), [len(gain) for gain in gains])
    order: Order = layer[np.argsort(-np.concatenate(gains), kind="stable")]
    return order


def first(problem: BudgetProblem, order: Order, k: int) -> Counts:
    """The counts of filters after the first `k` gains of a ranking."""
    return problem.least + np.bincount(order[:k], minlength=len(problem.layers))


def fitting(problem: BudgetProblem, order: Order) -> int:
    """The most gains of a ranking that do not go beyond the budget, by bisection; 0 if none fits."""
    low, high = 0, len(order) + 1
    while high - low > 1:
        middle = (low + high) // 2
        if problem.size(first(problem, order, middle)) <= problem.target:
            low = middle
        else:
            high = middle
    return low


def by_threshold(problem: BudgetProblem, levels: Sequence[NDArray[np.float64]]) -> Counts:
    """Cut the ranking by `levels` where the budget is met.

    The last gain that fits decides, or else the one after it, if that is within 1 % of the budget.
    Where a single gain is coarser than that, the ranking goes on past those that do not fit.
    """
    order = ranking(problem, levels)
    k = fitting(problem, order)
    for counts in (first(problem, order, k), first(problem, order, k + 1)):
        if problem.met_by(counts):
            return counts
    return repaired(problem, _filled(problem, first(problem, order, k), order[k:]))


def _filled(problem: BudgetProblem, counts: Counts, order: Order) -> Counts:
    """Add gains in their order, each that still fits into the budget."""
    for layer in order:
        more = counts.copy()
        more[layer] += 1
        if problem.size(more) <= problem.target:
            counts = more
            if problem.met_by(counts):
                break
    return counts
