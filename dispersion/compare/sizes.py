"""How many filters every layer keeps: a keep ratio for all of them, or their parts of a budget."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from dispersion.compare.cli.options import NetworkOptions
from dispersion.errors import InputError

if TYPE_CHECKING:
    from pruning import Budget, Calibration, FilterLayer, Network

Counts = dict[str, int]
"""By layer, how many filters stay."""


def budgets(subject: NetworkOptions) -> list[Budget]:
    """The budgets asked for.

    Raises
    ------
    InputError
        One cannot be read, two are of different resources, the allocation or the criterion is
        unknown, or the allocation looks at no criterion.
    """
    from pruning import Budget, allocations
    from pruning.dry_run import dry_run

    found = [Budget.parse(text) for text in subject.budget]
    allocation = allocations[subject.allocation]
    if subject.criterion is not None:
        if "criterion" not in allocation.arguments:
            able = [name for name in allocations if "criterion" in allocations[name].arguments]
            raise InputError(
                f"--criterion {subject.criterion} is for --allocation {' or '.join(able)}, not "
                f"{allocation.name}; leave it out."
            )
        dry_run(subject.criterion)
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
    from pruning.dry_run import dry_run

    wanted = budgets(subject)
    if not wanted:
        return {
            keep: {layer.name: uniform(len(layer.points), keep) for layer in layers}
            for keep in subject.keep
        }
    model = size_model(network)
    allocation, criterion = subject.allocation, subject.criterion
    if calibration is None and allocations[allocation].needs_images:
        raise InputError(f"--allocation {allocation} looks at images, and there are none; give --data.")
    how: dict[str, Any] = {"seed": seed, "calibration": calibration}
    if criterion is not None:
        if calibration is None and dry_run(criterion):
            raise InputError(
                f"--criterion {criterion} looks at images, and there are none; give --data."
            )
        how["criterion"] = criterion
    if "metric" in allocations[allocation].arguments:
        how["metric"] = subject.metric
    return {one.share: allocate(layers, model, one, allocation, **how) for one in wanted}
