"""What layers of a pruned network should make: what a reconstruction fits them to."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from pruning.calibration import Calibration
from pruning.tracing.handlers import OUTPUT_MAKERS


class Targets:
    """Outputs of layers of the unpruned network, those that are kept, and what was added to them.

    Parameters
    ----------
    calibration : Calibration
        The unpruned network with its images; see `References` for when it is run.
    kept : mapping of str to ndarray of int64
        The kept indices, by layer.
    """

    def __init__(self, calibration: Calibration, kept: Mapping[str, NDArray[np.int64]]) -> None:
        self._references = calibration.references
        self._rows = _kept_outputs(calibration, kept)

    def take(self, name: str) -> tuple[Tensor, Tensor | None]:
        """What the layer made, and what was added to that if a shortcut is known: (rows, outputs).

        Not to be changed.
        """
        made, joined = self._references.of(name)
        if name not in self._rows:
            return made, joined
        rows = self._rows[name]
        return made[:, rows], None if joined is None else joined[:, rows]


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
