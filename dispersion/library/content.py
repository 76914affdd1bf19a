"""What a file or a generator holds: distances or points, where they come from, and perhaps p."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from dispersion.arrays.columns import EARTH, degrees_note
from dispersion.errors import InputError
from dispersion.metrics import distances


@dataclass(frozen=True, eq=False, slots=True)
class Content:
    """Distances between n points.

    Attributes
    ----------
    given : ndarray, shape (n, n), float64, or None
        Distances, not yet checked (`Instance` does that); `None` if they are to be computed of points.
    p : int or None
        How many points to choose, if the file says so.
    metric : str or None
        The registered metric that the distances were computed by; `None` for given distances, for
        which nothing is claimed.
    points : ndarray, shape (n, d), float64, or None
        What the distances are computed from, if another metric would make sense as well.  Under
        haversine they are latitude and longitude.
    labels : tuple of str or None
        What the file calls the points.
    note : str
        What a reader of the results should know about the reading; "" if nothing.
    is_metric : bool or None
        Whether given distances obey the triangle inequality, if that follows from what they are.
    """

    given: NDArray[np.float64] | None
    p: int | None = None
    metric: str | None = None
    points: NDArray[np.float64] | None = None
    labels: tuple[str, ...] | None = None
    note: str = ""
    is_metric: bool | None = None

    @classmethod
    def of_points(cls, points: NDArray[np.float64]) -> Content:
        """Euclidean distances between `points`, shape (n, d)."""
        return cls(None, metric="euclidean", points=points)

    def distances(self) -> NDArray[np.float64]:
        """The distances: given, or computed of the points."""
        if self.given is not None:
            return self.given
        assert self.points is not None
        assert self.metric is not None
        return distances(self.points, self.metric)

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
        warning = degrees_note(metric) if self.metric == EARTH else ""
        note = "; ".join(filter(None, [self.note, warning]))
        return replace(self, given=None, metric=metric, note=note, is_metric=None)
