"""Points of an instance laid out in the plane."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True, slots=True, eq=False)
class Embedding:
    """Points in the plane.

    Attributes
    ----------
    coordinates : ndarray of float64, shape (n, 2)
        Centred; the first axis shows the most.
    share : float
        Of the variance that the plane shows, in [0, 1].
    """

    coordinates: NDArray[np.float64]
    share: float


def embed(distances: NDArray[np.float64]) -> Embedding:
    """Lay points out in the plane by classical scaling (Torgerson, 1952).

    The share is the sum of the two largest eigenvalues of the doubly centred matrix over the sum of
    their absolute values (Mardia, Kent and Bibby, 1979, section 14.4); for Euclidean distances that is
    the share of the variance on the first two principal components.

    Parameters
    ----------
    distances : ndarray, shape (n, n)
        Symmetric, with a zero diagonal; need not be a metric.

    Returns
    -------
    Embedding
        Signs are fixed: the coordinate of largest size on each axis is positive.
    """
    squared = np.asarray(distances, dtype=np.float64) ** 2
    means = squared.mean(axis=0)
    centred = -0.5 * (squared - means[:, None] - means[None, :] + means.mean())
    values, vectors = np.linalg.eigh(centred)
    top = np.maximum(values[:-3:-1], 0.0)
    axes = vectors[:, :-3:-1]
    axes = axes * np.where(axes[np.abs(axes).argmax(axis=0), [0, 1]] < 0, -1.0, 1.0)
    total = float(np.abs(values).sum())
    return Embedding(axes * np.sqrt(top), float(top.sum()) / total if total > 0 else 1.0)
