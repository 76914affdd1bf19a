"""Allocations: how many filters each layer keeps; one file per allocation.

A budget, as ``macs=0.5``, is a share of the network's MACs or parameters; an allocation says how the
layers divide it.  Whatever the allocation, the result is within 1 % of the budget.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from dispersion.errors import ContradictionError, InputError
from dispersion.parameters import keyword_arguments
from dispersion.registry import Registry
from pruning.budgets.budget import Budget
from pruning.budgets.problem import budget_problem, share_of
from pruning.calibration import Calibration
from pruning.filters import FilterLayer
from pruning.measuring.quadratic import Counts
from pruning.measuring.sizes import SizeModel
from pruning.parameters import NEEDS_IMAGES, checked, described, needs_images

Allocating = Callable[..., Counts]


@dataclass(frozen=True, slots=True)
class Allocation:
    """A registered allocation.

    Attributes
    ----------
    name, summary : str
        Its name, and one line for ``--help``.
    allocate : callable
        ``(problem, **arguments)`` to counts, shape (L,), between the problem's least and most; how near
        to the budget they are is checked by `pruning.allocation.allocate`.
    reconstruction : str
        Which part is our own because the paper's formula was not available; "" if none is.
    """

    name: str
    summary: str
    allocate: Allocating
    reconstruction: str = ""

    @property
    def described(self) -> str:
        """The summary, followed by which part is a reconstruction."""
        return described(self.summary, self.reconstruction)

    @property
    def arguments(self) -> dict[str, Any]:
        """Its parameters and their defaults; a `calibration` without a default is required."""
        return keyword_arguments(self.allocate)

    @property
    def needs_images(self) -> bool:
        """Whether it requires calibration images."""
        return needs_images(self.arguments)


allocations: Registry[Allocation] = Registry("allocation", "pruning.allocation")


def allocation(
    name: str, *, summary: str, reconstruction: str = ""
) -> Callable[[Allocating], Allocating]:
    """Register the decorated function as the allocation `name`."""

    def register(allocate: Allocating) -> Allocating:
        allocations.add(name, Allocation(name, summary, allocate, reconstruction))
        return allocate

    return register


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
        The sizes of the network with these layers; see `pruning.measuring.sizes.size_model`.
    budget : Budget
        The share of the whole network that may remain.
    name : str
        A registered allocation.
    criterion : str
        The criterion whose scores are compared, with arguments if need be (see
        `pruning.variants.variant`); allocations that compare no scores ignore it.
    seed : int
        Seed of allocations and criteria that draw random numbers.
    calibration : Calibration or None
        The network of the layers with images, for allocations and criteria that look at more than
        weights.
    **arguments
        Passed to the allocation; see `Allocation.arguments`.

    Returns
    -------
    dict of str to int
        How many filters each layer keeps: at least 2, or 1 of 1.  The size of the network cut so is
        within 1 % of the budget.

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
    problem = budget_problem(layers, model, budget)
    counts = np.asarray(info.allocate(problem, **given), dtype=np.int64)
    if (
        counts.shape != problem.most.shape
        or (counts < problem.least).any()
        or (counts > problem.most).any()
    ):
        raise ContradictionError(f"{name} allocated {counts.tolist()} filters; please report this.")
    if not problem.met_by(counts):
        share = share_of(problem.size(counts), problem.whole)
        raise InputError(
            f"{budget} cannot be met within 1 % on {model.network} by whole filters of"
            f" {len(layers)} layers; the nearest that was found is {budget.resource}={share}."
        )
    return {layer.name: int(count) for layer, count in zip(layers, counts, strict=True)}
