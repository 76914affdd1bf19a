"""The last step towards a budget: a few filters more or fewer in one or two layers."""

from __future__ import annotations

from itertools import combinations

import numpy as np

from pruning.allocation._base import Task
from pruning.sizes import Counts

_REACH = 8  # filters; with one or two layers all counts are tried


def repaired(task: Task, counts: Counts) -> Counts:
    """Change counts in as few steps as possible until the budget is met, or no step comes nearer.

    A step changes two layers by up to 8 filters each, the one that comes nearest to the budget first.
    Two layers alone are searched exhaustively, so if nothing is found there is nothing.
    """
    while not task.met_by(counts):
        nearer = min(
            (_nearest(task, counts, pair) for pair in _pairs(len(counts))), key=lambda c: _off(task, c)
        )
        if _off(task, nearer) >= _off(task, counts):
            break
        counts = nearer
    return counts


def _pairs(layers: int) -> list[tuple[int, ...]]:
    return list(combinations(range(layers), 2)) if layers > 1 else [(0,)]


def _off(task: Task, counts: Counts) -> float:
    return abs(task.size(counts) - task.target)


def _nearest(task: Task, counts: Counts, pair: tuple[int, ...]) -> Counts:
    """The counts nearest to the budget that differ in these layers only; of equal ones the lowest."""
    reach = _REACH if len(counts) > 2 else int(task.most.max())
    free = np.array(pair)
    lows = np.maximum(task.least[free], counts[free] - reach)
    highs = np.minimum(task.most[free], counts[free] + reach)
    ranges = [np.arange(low, high + 1) for low, high in zip(lows, highs, strict=True)]
    x = np.stack([axis.ravel() for axis in np.meshgrid(*ranges, indexing="ij")], axis=1)
    form = task.size.among(free, counts).matrix
    sizes = form[0, 0] + x @ form[0, 1:] + ((x @ form[1:, 1:]) * x).sum(axis=1)
    changed = counts.copy()
    changed[free] = x[np.abs(sizes - task.target).argmin()]
    return changed
