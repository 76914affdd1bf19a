"""Check that every layer holds the right weights after cuts.

torch-pruning says which rows and columns it cuts, each time relative to what earlier cuts left.
The audit keeps account in terms of the original network, so that one comparison at the end proves
that every weight is in its place.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn
from torch.nn.modules.batchnorm import _BatchNorm
from torch.nn.modules.conv import _ConvTransposeNd

from dispersion.errors import ContradictionError, InputError
from pruning.tracing.handlers import INPUT_CUTTERS, OUTPUT_MAKERS

_ROWWISE = ("bias", "running_mean", "running_var")


class CutAudit:
    """Keeps account of the rows and columns of the original that each layer of a cut network holds.

    Parameters
    ----------
    original : nn.Module
        The network before any cut.
    """

    def __init__(self, original: nn.Module) -> None:
        self._original = original
        self._rows: dict[str, NDArray[np.int64]] = {}
        self._columns: dict[str, NDArray[np.int64]] = {}
        self._makers: set[str] = set()

    def note(self, name: str, handler: object, indices: Sequence[int]) -> None:
        """Note a cut of the layer `name` by torch-pruning's `handler` at `indices`.

        Raises
        ------
        InputError
            The layer has no such channels.
        """
        axis = 1 if handler in INPUT_CUTTERS else 0
        book = self._columns if axis else self._rows
        left = book[name] if name in book else self._all(name, axis)
        if indices and max(indices) >= len(left):
            raise InputError(
                f"torch-pruning would cut channel {max(indices)} of {name!r}, which has {len(left)}: an"
                " operation before it splits or reorders channels"
            )
        book[name] = np.delete(left, indices)
        if handler in OUTPUT_MAKERS:
            self._makers.add(name)

    def confirm(self, convolutions: Sequence[str], keep: NDArray[np.int64]) -> None:
        """Raise ContradictionError unless exactly the rows `keep` of `convolutions` are left."""
        for name in convolutions:
            if not np.array_equal(self._rows[name], keep):
                raise ContradictionError(
                    f"torch-pruning leaves filters {self._rows[name].tolist()} of {name!r} where"
                    f" {keep.tolist()} were to be kept; please report this network"
                )

    def check(self, cut: nn.Module) -> None:
        """Raise ContradictionError unless each layer of `cut` holds the weights that it should."""
        for name in self._rows.keys() | self._columns.keys():
            before, after = self._original.get_submodule(name), cut.get_submodule(name)
            for part in ("weight", *_ROWWISE):
                old, new = getattr(before, part, None), getattr(after, part, None)
                if part == "weight" and isinstance(before, _ConvTransposeNd):
                    old, new = before.weight.transpose(0, 1), after.get_parameter(part).transpose(0, 1)
                if isinstance(old, Tensor) and not self._holds(name, part, old, new):
                    raise ContradictionError(
                        f"after pruning, the {part} of layer {name!r} is not the one of the filters"
                        " that were kept; please report this network"
                    )

    @property
    def absent(self) -> dict[str, list[int]]:
        """The channels of the original that are gone, by the layer that made them."""
        return {
            name: np.setdiff1d(self._all(name, axis=0), self._rows[name]).tolist()
            for name in self._makers
        }

    def _holds(self, name: str, part: str, old: Tensor, new: object) -> bool:
        if name in self._rows:
            old = old[torch.from_numpy(self._rows[name]).to(old.device)]
        if part == "weight" and name in self._columns:
            old = old[:, torch.from_numpy(self._columns[name]).to(old.device)]
        # NaN weights are the network's own business, as long as they are in their places
        return (
            isinstance(new, Tensor)
            and old.shape == new.shape
            and bool(torch.allclose(old, new, rtol=0, atol=0, equal_nan=True))
        )

    def _all(self, name: str, axis: int) -> NDArray[np.int64]:
        return np.arange(stored(self._original.get_submodule(name), axis))


def stored(layer: nn.Module, axis: int) -> int:
    """How many rows (0) or columns (1) the weight of a layer of `CUT_TYPES` has."""
    if isinstance(layer, _BatchNorm):
        return int(layer.num_features)
    weight = layer.get_parameter("weight")
    return int(weight.shape[1 - axis if isinstance(layer, _ConvTransposeNd) else axis])
