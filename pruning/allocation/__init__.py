"""How many filters each layer keeps; one file an allocation.

A budget, as ``macs=0.5``, is a share of the network's MACs or parameters; an allocation says how the
layers divide it.  Whatever the allocation, the result is within 1 % of the budget.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from dispersion.errors import ContradictionError, InputError
from pruning.allocation._base import Allocation, Task, allocation, allocations
from pruning.allocation._task import share_of, task_of
from pruning.allocation.ratio import uniform
from pruning.arguments import NEEDS_IMAGES, checked
from pruning.budget import Budget
from pruning.calibration import Calibration
from pruning.filters import FilterLayer
from pruning.sizes import SizeModel

__all__ = ["Allocation", "Task", "allocate", "allocation", "allocations", "uniform"]


def allocate(
    layers: Sequence[FilterLayer],
    model: SizeModel,
    budget: Budget,
    name: str = "uniform",
    *,
    criterion: str = "l1",
    seed: int = 0,
    calibration: Calibration | None = None,
    **arguments: Any,
) -> dict[str, int]:
    """Divide a budget among layers.

    Parameters
    ----------
    layers : sequence of FilterLayer
        Those that may be pruned; all others keep everything.
    model : SizeModel
        Of the network that has these layers; see `pruning.sizes.size_model`.
    budget : Budget
        The share of the whole network that may remain.
    name : str
        A registered allocation.
    criterion : str
        By which allocations that compare scores do so, with arguments if need be (see
        `pruning.variants.variant`); others do not look at it.
    seed : int
        Of allocations and criteria that draw by chance.
    calibration : Calibration or None
        The network of the layers with images, for allocations and criteria that look at more than
        weights.
    **arguments
        Of the allocation; see `Allocation.arguments`.

    Returns
    -------
    dict of str to int
        By layer, how many filters it keeps: at least 2, or 1 of 1.  The network cut so is within 1 %
        of the budget.

    Raises
    ------
    InputError
        The layers are not those of the model, an argument is unknown or out of range, images are
        needed and there are none, or the budget cannot be met; the message names the nearest share
        that can.
    UnknownNameError
        No allocation has this name.
    """
    info = allocations[name]
    if info.needs_images and calibration is None:
        raise InputError(NEEDS_IMAGES.format(name))
    offered = {"criterion": criterion, "seed": seed, "calibration": calibration}
    given = checked(name, info.arguments, arguments, offered)
    task = task_of(layers, model, budget)
    found = info.allocate(task, **given)
    counts = np.asarray(found, dtype=np.int64)
    if counts.shape != task.most.shape or (counts < task.least).any() or (counts > task.most).any():
        raise ContradictionError(f"{name} allocated {counts.tolist()} filters; please report this.")
    if not task.met_by(counts):
        share = share_of(task.size(counts), task.whole)
        raise InputError(
            f"{budget} cannot be met within 1 % on {model.network} by whole filters of"
            f" {len(layers)} layers; the nearest that was found is {budget.resource}={share}."
        )
    return {layer.name: int(count) for layer, count in zip(layers, counts, strict=True)}
