"""Layers that share a budget, and what they cost."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from dispersion.errors import InputError, UnknownNameError
from pruning.budgets.budget import Budget
from pruning.filters import FilterLayer
from pruning.measuring.quadratic import Counts, Quadratic
from pruning.measuring.sizes import SizeModel

_LEAST = 2  # the dispersion of a selection is a distance between two of its members
_WORDS = {"macs": "MACs", "params": "parameters"}


@dataclass(frozen=True, slots=True, eq=False)
class BudgetProblem:
    """A budget to be divided among L layers.

    Attributes
    ----------
    layers : tuple of FilterLayer
        Those that may be pruned.
    least, most : ndarray of int64, shape (L,)
        The fewest and the most filters each may keep.
    size : Quadratic
        MACs or parameters of the network in the counts of these layers; the others are whole.
    whole : int
        The size of the original network.
    budget : Budget
        What share of it may remain.
    """

    layers: tuple[FilterLayer, ...]
    least: Counts
    most: Counts
    size: Quadratic
    whole: int
    budget: Budget

    @property
    def target(self) -> float:
        """The size that is asked for."""
        return self.budget.target(self.whole)

    def met_by(self, counts: Counts) -> bool:
        """Whether the network that keeps so many filters is within 1 % of the budget."""
        return self.budget.met_by(self.size(counts), self.whole)


def budget_problem(layers: Sequence[FilterLayer], model: SizeModel, budget: Budget) -> BudgetProblem:
    """Set up the problem of dividing a budget, after checking that layers and model fit together.

    Raises
    ------
    InputError
        No layers, one twice or one of another network; or a budget below what must remain.
    """
    names = [layer.name for layer in layers]
    if not names:
        raise InputError("a budget needs at least one layer that may be pruned.")
    if len(set(names)) < len(names):
        raise InputError(f"layers share a budget once each, not {', '.join(names)}.")
    for layer in layers:
        if layer.name not in model.channels:
            raise UnknownNameError("layer", layer.name, model.channels)
        if len(layer.points) != model.channels[layer.name]:
            raise InputError(
                f"layer {layer.name!r} has {len(layer.points)} filters, but"
                f" {model.channels[layer.name]} in {model.network}."
            )
    size = {"macs": model.macs, "params": model.parameters}[budget.resource]
    n = np.array(list(model.channels.values()), dtype=np.int64)
    free = np.array([list(model.channels).index(name) for name in names])
    most = n[free]
    problem = BudgetProblem(
        tuple(layers), np.minimum(most, _LEAST), most, size.among(free, n), size(n), budget
    )
    _check_reach(problem, model, size(np.minimum(n, _LEAST)))
    return problem


def _check_reach(problem: BudgetProblem, model: SizeModel, lowest: int) -> None:
    """Refuse a budget below what the layers must keep; all layers together could go to `lowest`."""
    left = problem.size(problem.least)
    if left <= problem.target or problem.met_by(problem.least):
        return
    budget, layers = problem.budget, len(problem.layers)
    more = ", or let all layers be pruned" if lowest <= problem.target else ""
    share = share_of(left, problem.whole)
    raise InputError(
        f"{budget} cannot be met on {model.network}: the {layers} layers that may be pruned keep at"
        f" least {_LEAST} filters each, which leaves {left / problem.whole:.3g} of the"
        f" {_WORDS[budget.resource]}; ask for {budget.resource}={share} or more{more}."
    )


def share_of(size: int, whole: int) -> float:
    """A share to ask for that `size` is within 1 % of: three digits, rounded up."""
    unit = 10.0 ** (math.floor(math.log10(size / whole)) - 2)
    return min(1.0, float(f"{math.ceil(size / whole / unit) * unit:.3g}"))
