"""Cosines between filters, where some may be zero."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray


def cosines(F: NDArray[np.float64]) -> NDArray[np.float64]:
    """Cosines of all pairs, shape (n, n): 0 where a filter is zero, otherwise 1 on the diagonal."""
    norms = np.linalg.norm(F, axis=1)
    unit = F / np.where(norms > 0.0, norms, 1.0)[:, None]
    cosine: NDArray[np.float64] = np.clip(unit @ unit.T, -1.0, 1.0)
    np.fill_diagonal(cosine, norms > 0.0)
    return cosine
