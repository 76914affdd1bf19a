"""What a file or a generator holds: distances or points, where they come from, and perhaps p."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from dispersion.errors import InputError
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
    points : ndarray, shape (n, d), float64, or None
        What the distances were computed from, if another metric would make sense as well.
    labels : tuple of str or None
        What the file calls the points.
    note : str
        What a reader of the results should know about the reading; "" if nothing.
    """

    distances: NDArray[np.float64]
    p: int | None = None
    metric: str | None = None
    points: NDArray[np.float64] | None = None
    labels: tuple[str, ...] | None = None
    note: str = ""

    @classmethod
    def of_points(cls, points: NDArray[np.float64]) -> Content:
        """Euclidean distances between `points`, shape (n, d)."""
        return cls(distances(points, "euclidean"), metric="euclidean", points=points)

    def under(self, metric: str) -> Content:
        """The same points with the distances of another metric.

        Raises
        ------
        InputError
            There are no points, only distances; `UnknownNameError` if no metric has this name.
        """
        if self.points is None:
            raise InputError(
                f"it holds distances, so the metric {metric!r} cannot be applied; leave out --metric"
            )
        if metric == self.metric:
            return self
        return replace(self, distances=distances(self.points, metric), metric=metric)


def symmetric(n: int, pairs: NDArray[np.float64]) -> NDArray[np.float64]:
    """The (n, n) matrix whose rows right of the diagonal hold `pairs`, shape (n (n - 1) / 2,)."""
    matrix = np.zeros((n, n))
    matrix[np.triu_indices(n, k=1)] = pairs
    return matrix + matrix.T
