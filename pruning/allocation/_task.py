"""From layers, a size model and a budget to a task, or a sentence on why there is none."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np

from dispersion.errors import InputError, UnknownNameError
from pruning.allocation._base import Task
from pruning.budget import Budget
from pruning.filters import FilterLayer
from pruning.sizes import SizeModel

_LEAST = 2  # the dispersion of a selection is a distance between two of its members
_WORDS = {"macs": "MACs", "params": "parameters"}


def task_of(layers: Sequence[FilterLayer], model: SizeModel, budget: Budget) -> Task:
    """Check that layers, model and budget belong together.

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
    task = Task(tuple(layers), np.minimum(most, _LEAST), most, size.among(free, n), size(n), budget)
    _check_reach(task, model, size(np.minimum(n, _LEAST)))
    return task


def _check_reach(task: Task, model: SizeModel, lowest: int) -> None:
    """Refuse a budget below what the layers must keep; all layers together could go to `lowest`."""
    left = task.size(task.least)
    if left <= task.target or task.met_by(task.least):
        return
    budget, layers = task.budget, len(task.layers)
    more = ", or let all layers be pruned" if lowest <= task.target else ""
    share = share_of(left, task.whole)
    raise InputError(
        f"{budget} cannot be met on {model.network}: the {layers} layers that may be pruned keep at"
        f" least {_LEAST} filters each, which leaves {left / task.whole:.3g} of the"
        f" {_WORDS[budget.resource]}; ask for {budget.resource}={share} or more{more}."
    )


def share_of(size: int, whole: int) -> float:
    """A share to ask for that `size` is within 1 % of: three digits, rounded up."""
    unit = 10.0 ** (math.floor(math.log10(size / whole)) - 2)
    return min(1.0, float(f"{math.ceil(size / whole / unit) * unit:.3g}"))
