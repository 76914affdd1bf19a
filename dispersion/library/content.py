"""What a file or a generator holds: distances, where they come from, and perhaps p."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from dispersion.metrics import distances


@dataclass(frozen=True, eq=False, slots=True)
class Content:
    """Distances between n points.

    Attributes
    ----------
    distances : ndarray, shape (n, n), float64
        Not yet checked; `Instance` does that.
    p : int or None
        How many points to choose, if the file says so.
    metric : str or None
        The registered metric that the distances were computed by; `None` for given distances, for
        which nothing is claimed.
    """

    distances: NDArray[np.float64]
    p: int | None = None
    metric: str | None = None

    @classmethod
    def of_points(cls, points: NDArray[np.float64]) -> Content:
        """Euclidean distances between `points`, shape (n, d)."""
        with np.errstate(over="ignore"):  # `Instance` refuses infinite distances
            return cls(distances(points, "euclidean"), metric="euclidean")


def symmetric(n: int, pairs: NDArray[np.float64]) -> NDArray[np.float64]:
    """The (n, n) matrix whose rows right of the diagonal hold `pairs`, shape (n (n - 1) / 2,)."""
    matrix = np.zeros((n, n))
    matrix[np.triu_indices(n, k=1)] = pairs
    return matrix + matrix.T
