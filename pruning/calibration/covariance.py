"""Covariances of what layers multiply with their weights."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import torch
from torch import Tensor

from pruning.calibration.samples import Samples

_MEMORY = 2**30  # bytes for sums of products kept at a time


class Covariances:
    """Covariance matrices of layers' inputs, measured as they are asked for.

    Those of the layers after the one that is asked for are made in the same pass, as far as memory
    allows (1 GiB), and kept: ask in forward order.

    Parameters
    ----------
    samples : Samples
        Rows of the layers' inputs.
    order : sequence of str
        The layers that will be asked for, in forward order.
    """

    def __init__(self, samples: Samples, order: Sequence[str]) -> None:
        self._samples = samples
        self._order = list(order)
        self._kept: dict[str, Tensor] = {}

    def of(self, name: str) -> Tensor:
        """The covariance of a layer's columns, in float64, shape (columns, columns)."""
        if name not in self._kept:
            names = self._order[self._order.index(name) :]
            sizes = [self._samples.layers.weight(one)[0].numel() for one in names]
            bytes_needed = 8 * np.cumsum(np.square(sizes, dtype=np.float64))
            names = names[: max(1, int((bytes_needed <= _MEMORY).sum()))]
            self._kept = self._measured(names)
        return self._kept[name]

    def _measured(self, names: Sequence[str]) -> dict[str, Tensor]:
        products: dict[str, Tensor] = {}
        for rows in self._samples.inputs(names):
            for name, x in rows.items():
                ones = torch.cat([x, x.new_ones(len(x), 1)], dim=1)
                if name not in products:
                    products[name] = x.new_zeros(2 * (ones.shape[1],), dtype=torch.float64)
                products[name] += ones.T @ ones
        return {name: _centred(products.pop(name)) for name in names}


def _centred(products: Tensor) -> Tensor:
    """Covariance from the sum of [x, 1] times its transpose."""
    mean = products[:-1, -1] / products[-1, -1]
    return products[:-1, :-1] / products[-1, -1] - mean[:, None] * mean
