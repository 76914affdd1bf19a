"""The problem: n points known by their pairwise distances, of which p are to be chosen."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np
from numpy.typing import ArrayLike, NDArray

from dispersion.arrays import real_array
from dispersion.errors import InputError
from dispersion.metrics import distances as pairwise
from dispersion.metrics import metrics


def _validated(distances: ArrayLike) -> NDArray[np.float64]:
    """A read-only float64 copy, or an `InputError` that names the first offending entry."""
    matrix = real_array(distances, "a numeric square matrix of distances")
    if matrix.ndim != 2 or matrix.shape[0] != matrix.shape[1]:
        raise InputError(f"distances must be a square (n, n) matrix, got shape {matrix.shape}.")
    for bad, fault in (
        (~np.isfinite(matrix), "is not finite; every distance must be a finite number"),
        (matrix < 0, "is negative; distances must be >= 0"),
        ((matrix != 0) & np.eye(len(matrix), dtype=bool), "is on the diagonal, which must be 0"),
    ):
        if bad.any():
            i, j = (int(index) for index in np.argwhere(bad)[0])
            raise InputError(f"distance [{i}, {j}] = {matrix[i, j]} {fault}.")
    if (matrix != matrix.T).any():
        i, j = (int(index) for index in np.argwhere(matrix != matrix.T)[0])
        raise InputError(
            f"distances are not symmetric: [{i}, {j}] = {matrix[i, j]} but "
            f"[{j}, {i}] = {matrix[j, i]}; symmetrise first, for example (D + D.T) / 2."
        )
    matrix = matrix + 0.0  # -0.0 becomes 0.0, so that equal matrices hash alike
    matrix.setflags(write=False)
    return matrix


def _checked_p(p: object, n: int) -> int:
    if isinstance(p, bool) or not isinstance(p, (int, np.integer)):
        raise InputError(f"p must be a whole number, got {p!r}.")
    if not 2 <= p <= n:
        raise InputError(f"p must lie between 2 and n = {n}, got {p}.")
    return int(p)


@dataclass(frozen=True, eq=False)
class Instance:
    """A p-dispersion instance: validated once, then immutable.

    Parameters
    ----------
    distances : array_like, shape (n, n)
        Finite, non-negative, symmetric, zero on the diagonal.  Copied.
    p : int
        How many points to choose, 2 <= p <= n.
    name : str
        A label for reports; not part of the content hash.
    metric : str, optional
        The name of the registered metric the distances come from; `None` if unknown, in which case
        no solver claims a guarantee that needs the triangle inequality.

    Raises
    ------
    InputError
        The matrix or p is not usable; the message names the first offending entry.
    UnknownNameError
        `metric` is not registered.

    Examples
    --------
    >>> instance = Instance([[0, 1, 2], [1, 0, 1], [2, 1, 0]], p=2)
    >>> instance.n, instance.p
    (3, 2)
    """

    distances: NDArray[np.float64] = field(repr=False)
    p: int
    name: str = "instance"
    metric: str | None = None

    def __init__(
        self, distances: ArrayLike, p: int, name: str = "instance", metric: str | None = None
    ) -> None:
        matrix = _validated(distances)
        if metric is not None:
            metrics[metric]
        object.__setattr__(self, "distances", matrix)
        object.__setattr__(self, "p", _checked_p(p, len(matrix)))
        object.__setattr__(self, "name", str(name))
        object.__setattr__(self, "metric", metric)

    @classmethod
    def from_points(
        cls, points: ArrayLike, p: int, metric: str = "euclidean", name: str = "instance"
    ) -> Instance:
        """Build an instance from points.

        Parameters
        ----------
        points : array_like, shape (n, d)
            One point a row.
        p : int
            How many to choose.
        metric : str
            A registered metric: euclidean, normalized, angular, chordal, cosine, ...
        name : str
            A label for reports.
        """
        return cls(pairwise(points, metric), p, name=name, metric=metric)

    def __setstate__(self, state: dict[str, object]) -> None:
        """Unpickle; arrays arrive writeable and are locked again."""
        self.__dict__.update(state)
        for name in ("distances", "_levels_and_ranks", "levels", "ranks"):
            value = state.get(name)
            for array in value if isinstance(value, tuple) else (value,):
                if isinstance(array, np.ndarray):
                    array.setflags(write=False)

    def with_p(self, p: int) -> Instance:
        """The same points with another p; shares the matrix and what was derived from it."""
        other = object.__new__(type(self))
        other.__dict__.update(self.__dict__)
        other.__dict__.pop("digest", None)
        other.__dict__["p"] = _checked_p(p, self.n)
        return other

    @property
    def n(self) -> int:
        """How many points there are."""
        return len(self.distances)

    @property
    def is_metric(self) -> bool | None:
        """Whether the distances obey the triangle inequality; `None` if nobody said."""
        return None if self.metric is None else metrics[self.metric].is_metric

    @cached_property
    def levels(self) -> NDArray[np.float64]:
        """The distinct distances of pairs i < j, ascending, shape (k,); empty if n = 1."""
        return self._levels_and_ranks[0]

    @cached_property
    def ranks(self) -> NDArray[np.int32]:
        """Position of every distance in `levels`, shape (n, n); -1 on the diagonal.

        Exact solvers model these integers, so ties and rounding of distances cannot mislead them.
        """
        return self._levels_and_ranks[1]

    @cached_property
    def _levels_and_ranks(self) -> tuple[NDArray[np.float64], NDArray[np.int32]]:
        upper = np.triu_indices(self.n, k=1)
        levels, position = np.unique(self.distances[upper], return_inverse=True)
        ranks = np.full((self.n, self.n), -1, dtype=np.int32)
        ranks[upper] = position
        ranks.T[upper] = position
        levels.setflags(write=False)
        ranks.setflags(write=False)
        return levels, ranks

    @cached_property
    def digest(self) -> str:
        """SHA-256 of the matrix and p, in hexadecimal: equal instances have equal digests."""
        content = hashlib.sha256(np.array([self.n, self.p], dtype=np.int64).tobytes())
        content.update(np.ascontiguousarray(self.distances).tobytes())
        return content.hexdigest()
