"""What an allocation is given, and the registry of them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from dispersion.registry import Registry
from pruning.arguments import described, keyword_arguments, needs_images
from pruning.budget import Budget
from pruning.filters import FilterLayer
from pruning.quadratic import Counts, Quadratic


@dataclass(frozen=True, slots=True, eq=False)
class Task:
    """The layers that share a budget, L of them, and what they cost.

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


Allocating = Callable[..., Counts]


@dataclass(frozen=True, slots=True)
class Allocation:
    """A registered allocation.

    Attributes
    ----------
    name, summary : str
        What it is called, and one line for ``--help``.
    allocate : callable
        ``(task, **arguments)`` to counts, shape (L,), between the task's least and most; how near
        to the budget they are is checked by `pruning.allocation.allocate`.
    reconstruction : str
        What of it is ours because the paper's formula was not available; "" if nothing is.
    """

    name: str
    summary: str
    allocate: Allocating
    reconstruction: str = ""

    @property
    def described(self) -> str:
        """The summary, and what is a reconstruction."""
        return described(self.summary, self.reconstruction)

    @property
    def arguments(self) -> dict[str, Any]:
        """Its arguments and their defaults; `calibration`, where there is no default, is needed."""
        return keyword_arguments(self.allocate)

    @property
    def needs_images(self) -> bool:
        """Whether it cannot do without calibration images."""
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
