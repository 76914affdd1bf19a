"""How many filters every layer keeps: a keep ratio for all of them, or their parts of a budget."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from dispersion.errors import InputError
from dispersion.study.options import NetworkOptions

if TYPE_CHECKING:
    from pruning import Budget, Calibration, FilterLayer, Network

Counts = dict[str, int]
"""By layer, how many filters stay."""


def budgets(subject: NetworkOptions) -> list[Budget]:
    """The budgets asked for.

    Raises
    ------
    InputError
        One cannot be read, two are of different resources, or the allocation is unknown.
    """
    from pruning import Budget, allocations

    found = [Budget.parse(text) for text in subject.budget]
    allocations[subject.allocation]
    if len({one.resource for one in found}) > 1:
        raise InputError(
            f"--budget {' '.join(subject.budget)}: shares of different things cannot be compared; give "
            "only macs, or only params."
        )
    return found


def counts(
    network: Network,
    layers: Sequence[FilterLayer],
    subject: NetworkOptions,
    calibration: Calibration | None,
    seed: int,
) -> dict[float, Counts]:
    """By keep ratio, or by share of the budget, how many filters every layer keeps."""
    from pruning import allocate, allocations, size_model, uniform

    wanted = budgets(subject)
    if not wanted:
        return {
            keep: {layer.name: uniform(len(layer.points), keep) for layer in layers}
            for keep in subject.keep
        }
    model = size_model(network)
    if calibration is None and allocations[subject.allocation].needs_images:
        raise InputError(
            f"--allocation {subject.allocation} looks at images, and there are none; give --data."
        )
    return {
        one.share: allocate(layers, model, one, subject.allocation, seed=seed, calibration=calibration)
        for one in wanted
    }
