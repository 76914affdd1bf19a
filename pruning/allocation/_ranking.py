"""Allocations by one threshold: all filters in one order, and a cut where the budget is."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from pruning.allocation._base import Task
from pruning.allocation._repair import repaired
from pruning.quadratic import Counts

Order = NDArray[np.intp]


def ranking(task: Task, levels: Sequence[NDArray[np.float64]]) -> Order:
    """The order in which the layers gain filters, from the least that they keep.

    Parameters
    ----------
    task : Task
        Its L layers.
    levels : sequence of L ndarrays
        ``levels[l][p - 1]``: the threshold below which layer l keeps p filters; never increasing in p.

    Returns
    -------
    ndarray of int, shape (sum of most - least,)
        Layers, those with the highest level first; of equal ones the first layer.
    """
    gains = [level[least:] for level, least in zip(levels, task.least, strict=True)]
    layer = np.repeat(np.arange(len(gains)), [len(gain) for gain in gains])
    order: Order = layer[np.argsort(-np.concatenate(gains), kind="stable")]
    return order


def first(task: Task, order: Order, k: int) -> Counts:
    """What the layers keep after the first `k` gains of a ranking."""
    return task.least + np.bincount(order[:k], minlength=len(task.layers))


def fitting(task: Task, order: Order) -> int:
    """The most gains of a ranking that do not go beyond the budget, by bisection; 0 if none fits."""
    low, high = 0, len(order) + 1
    while high - low > 1:
        middle = (low + high) // 2
        if task.size(first(task, order, middle)) <= task.target:
            low = middle
        else:
            high = middle
    return low


def by_threshold(task: Task, levels: Sequence[NDArray[np.float64]]) -> Counts:
    """Cut the ranking by `levels` where the budget is met.

    The last gain that fits decides, or else the one after it, if that is within 1 % of the budget.
    Where a single gain is coarser than that, the ranking goes on past those that do not fit.
    """
    order = ranking(task, levels)
    k = fitting(task, order)
    for counts in (first(task, order, k), first(task, order, k + 1)):
        if task.met_by(counts):
            return counts
    return repaired(task, _filled(task, first(task, order, k), order[k:]))


def _filled(task: Task, counts: Counts, order: Order) -> Counts:
    """Gains in their order, all that fit."""
    for layer in order:
        more = counts.copy()
        more[layer] += 1
        if task.size(more) <= task.target:
            counts = more
            if task.met_by(counts):
                break
    return counts
