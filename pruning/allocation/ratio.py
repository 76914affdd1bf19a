"""One keep ratio for all layers."""

from __future__ import annotations

from pruning.allocation import allocation
from pruning.budgets.keep_ratio import levels_of_ratios
from pruning.budgets.problem import BudgetProblem
from pruning.budgets.ranking import by_threshold
from pruning.measuring.quadratic import Counts


@allocation("uniform", summary="the same share of the filters of every layer")
def one_ratio(problem: BudgetProblem) -> Counts:
    """Keep the same share of every layer's filters, found by bisection.

    A layer of n filters keeps its p-th one where the share is at least (p - 1/2) / n, as in `uniform`.
    Layers that round at the same share do so one after the other, in forward order, which spreads the
    remainder.  A larger budget never gives a layer fewer filters, unless one filter is worth 2 % of
    the budget.
    """
    return by_threshold(problem, levels_of_ratios(problem))
