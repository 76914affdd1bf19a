"""Random rows and targets, and the penalty that the fits of these tests have."""

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

Floats = NDArray[np.float64]


def samples(rows: int, columns: int, outputs: int, seed: int = 0) -> tuple[Tensor, Tensor]:
    """Draw columns and targets that depend on them, on one another and on chance."""
    rng = np.random.default_rng(seed)
    x = rng.normal(size=(rows, columns)) @ rng.normal(size=(columns, columns)) + rng.normal(
        size=columns
    )
    y = x @ rng.normal(size=(columns, outputs)) + rng.normal(size=(rows, outputs)) - 1
    return torch.from_numpy(x), torch.from_numpy(y)


def penalty(x: Floats, ridge: float, intercept: bool) -> float:
    """Weigh the squared weights as `Ridge` says it does."""
    centred = x - x.mean(0) * intercept
    return float(ridge * (centred**2).sum(0).mean())
