"""Distances between points; one file a metric.

Every metric says whether it *is* one: the factor 2 of the farthest-point greedy (Ravi, Rosenkrantz
and Tayi, Operations Research 42(2), 1994) holds only under the triangle inequality.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Sequence, Set
from dataclasses import dataclass
from typing import Any, TypeGuard

import numpy as np
from numpy.typing import ArrayLike, NDArray

from dispersion.arrays.memory import need
from dispersion.arrays.points import real_array
from dispersion.errors import InputError
from dispersion.metrics._pairs import Distance as Distance
from dispersion.metrics._pairs import by_pairs
from dispersion.registry import Registry

_FEW = 2000  # points whose matrix fits anywhere
_WITHOUT_MATRIX = (
    "; solvers.solve_points, solvers.core_set and solvers.farthest_from_points need no matrix"
)
_WANTED = "a numeric (n, d) array of points"
Pairwise = Callable[[NDArray[np.float64]], NDArray[np.float64]]
OfSets = Callable[[Sequence[Set[Hashable]]], NDArray[np.float64]]


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
        (n, d) float64 points to (n, n) float64 distances, symmetric with a zero diagonal.  What are no
        points for it, it refuses by an `InputError`.
    of_sets : callable or None
        The same of n Python sets, if it takes such.
    """

    name: str
    is_metric: bool
    summary: str
    pairwise: Pairwise
    of_sets: OfSets | None = None


metrics: Registry[Metric] = Registry("metric", "dispersion.metrics")


def list_metrics() -> list[Metric]:
    """The registered metrics, by name.

    Examples
    --------
    >>> [one.name for one in list_metrics() if not one.is_metric]
    ['correlation', 'cosine']
    """
    return [metrics[name] for name in metrics]


def metric(
    name: str, *, is_metric: bool, summary: str, of_sets: OfSets | None = None
) -> Callable[[Pairwise], Pairwise]:
    """Register a pairwise function as the metric `name`; see `Metric`."""

    def register(pairwise: Pairwise) -> Pairwise:
        metrics.add(name, Metric(name, is_metric, summary, pairwise, of_sets))
        return pairwise

    return register


def distances(
    points: ArrayLike | Sequence[Any], metric: str | Distance = "euclidean"
) -> NDArray[np.float64]:
    """Distances between all pairs of `points`.

    Parameters
    ----------
    points : array_like, shape (n, d)
        One point a row; a one-dimensional array is n points on a line.  Or a list of n Python sets for
        jaccard, and of anything for a function.
    metric : str or callable
        A registered metric, or a symmetric function of two points: two rows, or two of the list.  The
        function is called for every pair.

    Returns
    -------
    ndarray, shape (n, n), float64
        Exactly symmetric, zero on the diagonal.

    Raises
    ------
    InputError
        The points are not a finite numeric (n, d) array, or not what the metric takes (degrees, bits),
        or their matrix does not fit into memory; or the function is not symmetric.
    UnknownNameError
        No metric has this name.

    Examples
    --------
    >>> distances([{1, 2}, {2, 3}], "jaccard").round(3).tolist()
    [[0.0, 0.667], [0.667, 0.0]]
    >>> distances(["ab", "abcd"], lambda one, other: abs(len(one) - len(other))).tolist()
    [[0.0, 2.0], [2.0, 0.0]]
    """
    if callable(metric):
        return by_pairs(_anything(points), metric)
    chosen = metrics[metric]
    if _are_sets(points):
        if chosen.of_sets is None:
            raise InputError(f"{metric} takes {_WANTED}, got sets; for sets there is jaccard.")
        _need(len(points))
        return chosen.of_sets(points)
    return chosen.pairwise(_rows(points))


def _are_sets(points: object) -> TypeGuard[Sequence[Set[Hashable]]]:
    return isinstance(points, list | tuple) and {isinstance(one, Set) for one in points} == {True}


def _anything(points: ArrayLike | Sequence[Any]) -> Sequence[Any] | NDArray[np.float64]:
    """Rows of numbers where the points are such, and else the points as they are."""
    try:
        return _rows(points)
    except InputError:
        if not isinstance(points, list | tuple) or _are_numbers(points):
            raise
        _need(len(points))
        return points


def _are_numbers(points: Sequence[Any]) -> bool:
    """Whether these are rows of numbers, be they faulty ones."""
    try:
        return np.asarray(points).dtype.kind in "biuf"
    except ValueError:  # rows of different lengths
        return False


def _need(n: int) -> None:
    if n > _FEW:
        need(n, "an instance of these points", _WITHOUT_MATRIX)


def _rows(points: ArrayLike) -> NDArray[np.float64]:
    """The points as finite float64 rows, whose matrix fits into memory."""
    X = real_array(points, _WANTED)
    if X.ndim == 1:
        X = X[:, None]
    if X.ndim != 2 or 0 in X.shape:
        raise InputError(f"points must have shape (n, d) with n, d >= 1, got {X.shape}.")
    _need(len(X))
    if not np.isfinite(X).all():
        row = int(np.argwhere(~np.isfinite(X).all(axis=1))[0, 0])
        raise InputError(f"point {row} holds NaN or infinity; every coordinate must be finite.")
    return X
