"""Outputs of the layers of an unpruned network: measured once, for all networks cut from it."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property

import torch
from torch import Tensor, nn

from pruning.batches import example_input
from pruning.calibration.samples import Samples
from pruning.tracing.hooks import run_until_seen

_MEMORY = 2**30  # bytes held at a time, or those of one layer


class ReferenceOutputs:
    """Sampled outputs of layers, and what a shortcut adds to them.

    Layers are measured by groups of neighbours, as many in a pass as 1 GiB holds, and a group is kept
    until a layer of another one is asked for.  Where one group holds all, as for VGG16 and ResNet-56
    on CIFAR-10, they are measured in one pass, and the next pruned networks need none.

    Parameters
    ----------
    samples : Samples
        Samples of the unpruned network.
    """

    def __init__(self, samples: Samples) -> None:
        self._samples = samples
        self._made: dict[str, Tensor] = {}
        self._added: dict[str, Tensor] = {}

    def of(self, name: str, kept: Tensor | None = None) -> tuple[Tensor, Tensor | None]:
        """The sampled outputs of a layer, and what is added to them.

        Parameters
        ----------
        name : str
            The layer.
        kept : Tensor of int64, or None
            The outputs that a pruned network still has; None for all.

        Returns
        -------
        Tensor, shape (rows, outputs)
            Not to be changed.
        Tensor, shape (rows, outputs), or None
            What is added; None if no shortcut is known.  Not to be changed.
        """
        if name not in self._made:
            self._measure(next(group for group in self._groups if name in group))
        made, added = self._made[name], self._added.get(name)
        if kept is None:
            return made, added
        return made[:, kept], None if added is None else added[:, kept]

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
        """The memory that the outputs of every layer and their shortcuts take, in forward order."""
        network, layers = self._samples.network, self._samples.layers
        sizes: dict[str, int] = {}

        def note(name: str, _: nn.Module, x: Tensor, y: Tensor) -> None:
            rows = self._samples.places(name, x) * len(self._samples.images)
            sizes.setdefault(name, rows * y.shape[1] * y.element_size())

        run_until_seen(network.module, example_input(network), layers.fittable, note)
        return {
            name: sizes[name] * (1 + (layers.shortcut(name) is not None)) for name in layers.fittable
        }

    def _measure(self, names: Sequence[str]) -> None:
        self._made, self._added = {}, {}  # what is held is let go first
        made: dict[str, list[Tensor]] = {}
        added: dict[str, list[Tensor]] = {}
        for outputs, shortcuts in self._samples.outputs(names):
            for some, parts in ((outputs, made), (shortcuts, added)):
                for name, y in some.items():
                    parts.setdefault(name, []).append(y)
        self._made = {name: torch.cat(made.pop(name)) for name in list(made)}
        self._added = {name: torch.cat(added.pop(name)) for name in list(added)}
