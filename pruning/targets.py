"""What layers made in the unpruned network: what a reconstruction fits them to."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from pruning.calibration import Calibration
from pruning.ledger import OUTPUT_MAKERS

_MEMORY = 2**30  # bytes of targets held at a time, or those of one layer


class Targets:
    """Outputs of layers of the unpruned network, those that are kept, and what was added to them.

    They are measured a few layers ahead, in as few passes as memory allows (1 GiB).

    Parameters
    ----------
    calibration : Calibration
        The unpruned network with its images.
    names : sequence of str
        The layers, in the order in which they will be asked for.
    kept : mapping of str to ndarray of int64
        The kept indices, by layer.
    """

    def __init__(
        self, calibration: Calibration, names: Sequence[str], kept: Mapping[str, NDArray[np.int64]]
    ) -> None:
        self._calibration = calibration
        self._left = list(names)
        self._rows = _kept_outputs(calibration, kept)
        self._made: dict[str, Tensor] = {}
        self._joined: dict[str, Tensor] = {}

    def take(self, name: str) -> tuple[Tensor, Tensor | None]:
        """What the layer made, and what was added to that if a shortcut is known: (rows, outputs).

        To be asked for once.
        """
        if name not in self._made:
            self._measure(self._next(name))
        return self._made.pop(name), self._joined.pop(name, None)

    def _next(self, name: str) -> list[str]:
        """Find this layer and those after it whose targets fit into the memory together."""
        order = self._left[self._left.index(name) :]
        first = next(self._calibration.outputs(order))
        batches = -(-len(self._calibration.images) // self._calibration.batch)
        sizes = [4 * batches * first[one].numel() for one in order]
        doubled = [
            size * (1 if self._calibration.shortcut(one) is None else 2)
            for one, size in zip(order, sizes, strict=True)
        ]
        return order[: max(1, int((np.cumsum(doubled) <= _MEMORY).sum()))]

    def _measure(self, names: Sequence[str]) -> None:
        self._left = [one for one in self._left if one not in names]
        self._made = self._collected(self._calibration.outputs(names))
        self._joined = self._collected(self._calibration.shortcuts(names))

    def _collected(self, parts: Iterable[dict[str, Tensor]]) -> dict[str, Tensor]:
        found: dict[str, list[Tensor]] = {}
        for seen in parts:
            for name, y in seen.items():
                found.setdefault(name, []).append(y[:, self._rows[name]] if name in self._rows else y)
        return {name: torch.cat(found.pop(name)) for name in list(found)}


def _kept_outputs(calibration: Calibration, kept: Mapping[str, NDArray[np.int64]]) -> dict[str, Tensor]:
    """Which outputs are left of the layers that lose some."""
    rows: dict[str, Tensor] = {}
    traced, device = calibration.trace, calibration.network.device
    for coupling in traced.couplings:
        if coupling.convolutions[0] in kept:
            for dep, indices in traced.group(coupling, range(coupling.channels)):
                if dep.handler in OUTPUT_MAKERS:  # linear layers too can be tied to convolutions
                    left = np.asarray(indices)[kept[coupling.convolutions[0]]]
                    rows[traced.names[dep.target.module]] = torch.from_numpy(left).to(device)
    return rows
