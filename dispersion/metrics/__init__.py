"""Distances between points; one file a metric.

Every metric says whether it *is* one: the factor 2 of the farthest-point greedy (Ravi, Rosenkrantz
and Tayi, Operations Research 42(2), 1994) holds only under the triangle inequality.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from dispersion.arrays.memory import need
from dispersion.arrays.points import real_array
from dispersion.errors import InputError
from dispersion.registry import Registry

_FEW = 2000  # points whose matrix fits anywhere
_WITHOUT_MATRIX = "; solvers.core_set and solvers.farthest_from_points need no matrix"
Pairwise = Callable[[NDArray[np.float64]], NDArray[np.float64]]


@dataclass(frozen=True, slots=True)
class Metric:
    """A way to turn points into distances.

    Attributes
    ----------
    name : str
        The registered name.
    is_metric : bool
        Whether it obeys the triangle inequality (distinct points at distance 0 are allowed).
    summary : str
        One line for ``--help``.
    pairwise : callable
        (n, d) float64 points to (n, n) float64 distances, symmetric with a zero diagonal.
    """

    name: str
    is_metric: bool
    summary: str
    pairwise: Pairwise


metrics: Registry[Metric] = Registry("metric", "dispersion.metrics")


def list_metrics() -> list[Metric]:
    """The registered metrics, by name.

    Examples
    --------
    >>> [one.name for one in list_metrics() if not one.is_metric]
    ['cosine']
    """
    return [metrics[name] for name in metrics]


def metric(name: str, *, is_metric: bool, summary: str) -> Callable[[Pairwise], Pairwise]:
    """Register a pairwise function as the metric `name`."""

    def register(pairwise: Pairwise) -> Pairwise:
        metrics.add(name, Metric(name, is_metric, summary, pairwise))
        return pairwise

    return register


def distances(points: ArrayLike, name: str = "euclidean") -> NDArray[np.float64]:
    """Distances between all pairs of `points`.

    Parameters
    ----------
    points : array_like, shape (n, d)
        One point a row; a one-dimensional array is n points on a line.
    name : str
        A registered metric.

    Returns
    -------
    ndarray, shape (n, n), float64
        Exactly symmetric, zero on the diagonal.

    Raises
    ------
    InputError
        The points are not a finite numeric (n, d) array, or their matrix does not fit into memory.
    UnknownNameError
        No metric has this name.
    """
    chosen = metrics[name]
    X = real_array(points, "a numeric (n, d) array of points")
    if X.ndim == 1:
        X = X[:, None]
    if X.ndim != 2 or 0 in X.shape:
        raise InputError(f"points must have shape (n, d) with n, d >= 1, got {X.shape}.")
    if len(X) > _FEW:
        need(len(X), "an instance of these points", _WITHOUT_MATRIX)
    if not np.isfinite(X).all():
        row = int(np.argwhere(~np.isfinite(X).all(axis=1))[0, 0])
        raise InputError(f"point {row} holds NaN or infinity; every coordinate must be finite.")
    return chosen.pairwise(X)
