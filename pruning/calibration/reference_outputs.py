"""What layers make in an unpruned network: measured once, for all the networks cut from it."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property
from typing import TYPE_CHECKING

import torch
from torch import Tensor, nn

from pruning.tracing.graph import example_input
from pruning.tracing.hooks import run_until_seen

if TYPE_CHECKING:
    from pruning.calibration import Calibration

_MEMORY = 2**30  # bytes held at a time, or those of one layer


class References:
    """Outputs of layers at the places that are looked at, and what is added to them on their way.

    Layers are measured by groups of neighbours, as many in a pass as 1 GiB holds, and a group is kept
    until a layer of another one is asked for.  Where one group holds all, as for VGG16 and ResNet-56
    on CIFAR-10, they are measured in one pass, and the next pruned networks need none.

    Parameters
    ----------
    calibration : Calibration
        The unpruned network with its images.
    """

    def __init__(self, calibration: Calibration) -> None:
        self._calibration = calibration
        self._made: dict[str, Tensor] = {}
        self._joined: dict[str, Tensor] = {}

    def of(self, name: str) -> tuple[Tensor, Tensor | None]:
        """What the layer makes, and what is added to that if a shortcut is known: (rows, outputs).

        Both stay the calibration's: not to be changed.
        """
        if name not in self._made:
            self._measure(next(group for group in self._groups if name in group))
        return self._made[name], self._joined.get(name)

    @cached_property
    def _groups(self) -> list[list[str]]:
        """Neighbours in forward order whose outputs fit into the memory together."""
        groups: list[list[str]] = []
        held = 0
        for name, size in self._bytes().items():
            held += size
            if not groups or held > _MEMORY:
                groups.append([])
                held = size
            groups[-1].append(name)
        return groups

    def _bytes(self) -> dict[str, int]:
        """What the outputs of every layer and their shortcuts take, in forward order."""
        seen = self._calibration
        sizes: dict[str, int] = {}

        def note(name: str, _: nn.Module, x: Tensor, y: Tensor) -> None:
            rows = seen.places(name, x) * len(seen.images)
            sizes.setdefault(name, rows * y.shape[1] * y.element_size())

        run_until_seen(seen.network.module, example_input(seen.network), seen.fittable, note)
        return {name: sizes[name] * (1 + (seen.shortcut(name) is not None)) for name in seen.fittable}

    def _measure(self, names: Sequence[str]) -> None:
        self._made, self._joined = {}, {}  # what is held is let go first
        made: dict[str, list[Tensor]] = {}
        joined: dict[str, list[Tensor]] = {}
        for outputs, shortcuts in self._calibration.outputs_joined(names):
            for found, parts in ((outputs, made), (shortcuts, joined)):
                for name, y in found.items():
                    parts.setdefault(name, []).append(y)
        self._made = {name: torch.cat(made.pop(name)) for name in list(made)}
        self._joined = {name: torch.cat(joined.pop(name)) for name in list(joined)}
