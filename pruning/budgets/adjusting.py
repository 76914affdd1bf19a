"""Add or remove a few filters in one or two layers until a budget is met."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import combinations

import numpy as np
from numpy.typing import NDArray

from pruning.budgets.budget import TOLERANCE
from pruning.budgets.problem import BudgetProblem
from pruning.measuring.quadratic import Counts

_REACH = 8  # filters; with one or two layers all counts are tried

Values = Sequence[NDArray[np.float64]]


def repaired(problem: BudgetProblem, counts: Counts, values: Values | None = None) -> Counts:
    """Adjust counts in as few steps as possible until the budget is met, or no step comes nearer.

    A step changes two layers by up to 8 filters each.  Of those that meet the budget it is the one
    whose counts are worth most by `values`, of L arrays for 1 to n filters, or without them the one
    nearest to the budget.  Two layers alone are searched exhaustively, so if nothing is found there
    is nothing.
    """
    while not problem.met_by(counts):
        steps = [_nearest(problem, counts, pair, values) for pair in _pairs(len(counts))]
        missed, _, nearer = min(steps, key=lambda step: step[:2])
        if missed >= _missed(problem, problem.size(counts)):
            break
        counts = nearer
    return counts


def _pairs(layers: int) -> list[tuple[int, ...]]:
    return list(combinations(range(layers), 2)) if layers > 1 else [(0,)]


def _missed(problem: BudgetProblem, size: int) -> float:
    """How far a size is outside the tolerance; 0 if it is within."""
    return max(0.0, abs(size - problem.target) - TOLERANCE * problem.target)


def _nearest(
    problem: BudgetProblem, counts: Counts, pair: tuple[int, ...], values: Values | None
) -> tuple[float, float, Counts]:
    """How much the best counts that differ in these layers miss, what they lose, and these counts."""
    reach = _REACH if len(counts) > 2 else int(problem.most.max())
    free = np.array(pair)
    lows = np.maximum(problem.least[free], counts[free] - reach)
    highs = np.minimum(problem.most[free], counts[free] + reach)
    ranges = [np.arange(low, high + 1) for low, high in zip(lows, highs, strict=True)]
    x = np.stack([axis.ravel() for axis in np.meshgrid(*ranges, indexing="ij")], axis=1)
    form = problem.size.among(free, counts).matrix
    off = np.abs(form[0, 0] + x @ form[0, 1:] + ((x @ form[1:, 1:]) * x).sum(axis=1) - problem.target)
    missed = np.maximum(0.0, off - TOLERANCE * problem.target)
    loss = off
    if values is not None:
        loss = sum(values[k][counts[k] - 1] - values[k][x[:, i] - 1] for i, k in enumerate(pair))
    at = np.lexsort((loss, missed))[0]
    changed = counts.copy()
    changed[free] = x[at]
    return float(missed[at]), float(loss[at]), changed
