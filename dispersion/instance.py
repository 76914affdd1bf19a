"""The problem: n points known by their pairwise distances, of which some are to be chosen."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from dispersion.arrays.columns import PLANE, degrees_note, of_table
from dispersion.arrays.foreign import labels_of, rounding_unit
from dispersion.arrays.graphs import of_networkx, shortest_paths
from dispersion.arrays.matrices import checked
from dispersion.arrays.points import coordinates_of
from dispersion.arrays.triangles import check_sample
from dispersion.asked import checked_at_least, checked_p, in_words, size_of
from dispersion.errors import InputError, shown
from dispersion.membership import Membership, checked_membership
from dispersion.metrics import Distance, metrics
from dispersion.metrics import distances as pairwise
from dispersion.quotas.quota import Quotas, checked_quotas
from dispersion.quotas.quota import in_words as quotas_in_words
from dispersion.terminal.printable import encodable


@dataclass(frozen=True, eq=False, repr=False)
class Instance:
    """A p-dispersion instance: validated once, then immutable.

    Parameters
    ----------
    distances : array_like, shape (n, n), or (n (n - 1) / 2,)
        Finite, non-negative, symmetric, zero on the diagonal, up to rounding errors, which are repaired
        and told in `note` (see `dispersion.arrays.matrices`).  Copied.  Tensors and tables will do, and
        so will what scipy's ``pdist`` returns.
    p : int, optional
        How many points to choose, 2 <= p <= n.
    name : str
        A label for reports; not part of the content hash.
    metric : str, optional
        The name of the registered metric the distances come from; `None` if unknown, in which case
        no solver claims a guarantee that needs the triangle inequality.  Some triangles are looked at.
    at_least : float, optional
        In place of p: as many points as possible are to be chosen that are pairwise at least so far
        apart (see `solvers.pack`).  Then p is n, the most there could be.
    required, excluded : array_like of int
        Points, counted from 0, that every selection holds, and that none does.  Required ones are among
        the p.
    between_required : bool
        Whether distances between two required points count.  Without them this is the conditional
        p-dispersion problem: existing facilities stand where they stand.
    groups : sequence or mapping, optional
        The label of every point; of a point without a group `None`, and of one in several groups a list
        of labels.  Or label to points.
    quota : mapping, optional
        Label to how many points of that group are chosen: a number, or the least and the most as a
        pair, ``{"a": 2, "b": (1, 3), "c": (None, 4)}``.
    is_metric : bool, optional
        Whether the distances obey the triangle inequality, where no registered metric says so; `None`
        if nobody did.  Some triangles are looked at; then greedy's bound holds.

    Attributes
    ----------
    note : str
        What was changed in the matrix; it is repeated in the message of every solution.  "" if nothing.
    labels : tuple of str or None
        The names of the points, where the source has some: the index of a table, say.  Solutions count
        points from 0 all the same.
    points : ndarray, shape (n, d), or None
        The coordinates, read-only, where the instance was made of points; not part of the content hash.
    quota : tuple of Quota
        How many points of each group a selection has (see `dispersion.quotas`).

    Raises
    ------
    InputError
        The matrix, p or the distance is not usable, p and the distance are both given or neither is,
        a group cannot meet its quota, or there is no such metric; the message names an offending entry.
    UnknownNameError
        `metric` is not registered.

    Examples
    --------
    >>> instance = Instance([[0, 1, 2], [1, 0, 1], [2, 1, 0]], p=2)
    >>> instance
    Instance('instance', n=3, p=2)
    """

    distances: NDArray[np.float64] = field(repr=False)
    p: int
    name: str = "instance"
    metric: str | None = None
    at_least: float | None = None
    required: tuple[int, ...] = ()
    excluded: tuple[int, ...] = ()
    between_required: bool = True
    quota: Quotas = ()
    is_metric: bool | None = field(default=None, repr=False)
    note: str = field(default="", init=False)
    labels: tuple[str, ...] | None = field(default=None, init=False, repr=False)
    points: NDArray[np.generic] | None = field(default=None, init=False, repr=False)

    def __init__(
        self,
        distances: ArrayLike,
        p: int | None = None,
        name: str = "instance",
        metric: str | None = None,
        *,
        at_least: float | None = None,
        required: ArrayLike = (),
        excluded: ArrayLike = (),
        between_required: bool = True,
        groups: object = None,
        quota: object = None,
        is_metric: bool | None = None,
    ) -> None:
        self._fill(distances, p, name, metric, at_least)
        self._fix(required, excluded, between_required)
        self._limit(groups, quota)
        self._declare(is_metric)
        self._check_triangles(rounding_unit(distances))

    @classmethod
    def from_matrix(
        cls,
        distances: ArrayLike,
        p: int,
        symmetric: str | None = None,
        name: str = "instance",
        metric: str | None = None,
    ) -> Instance:
        """Build an instance from a matrix that need not be symmetric.

        Parameters
        ----------
        distances, p, name, metric
            As of `Instance`.
        symmetric : str, optional
            "mean", "min" or "max" of the two distances of every pair; by default they must agree.

        Raises
        ------
        InputError
            As `Instance`; `UnknownNameError` if `symmetric` is another word.

        Examples
        --------
        >>> Instance.from_matrix([[0, 1], [3, 0]], p=2, symmetric="mean").distances.tolist()
        [[0.0, 2.0], [2.0, 0.0]]
        """
        made = object.__new__(cls)
        made._fill(distances, p, name, metric, symmetric=symmetric)
        made._check_triangles(rounding_unit(distances))
        return made

    @classmethod
    def from_points(
        cls,
        points: ArrayLike | Sequence[Any],
        p: int | None = None,
        metric: str | Distance | None = None,
        name: str = "instance",
        *,
        at_least: float | None = None,
        required: ArrayLike = (),
        excluded: ArrayLike = (),
        between_required: bool = True,
        groups: object = None,
        quota: object = None,
        is_metric: bool | None = None,
    ) -> Instance:
        """Build an instance from points.

        Parameters
        ----------
        points : array_like, shape (n, d), or list
            One point a row; or what else the metric takes, see `dispersion.distances`.
        p, at_least
            How many to choose, or how far apart: one of them.
        metric : str or callable
            A registered metric: euclidean, manhattan, haversine, jaccard, cosine, ...; or any symmetric
            function of two points.  By default euclidean; and haversine of the columns of a table that
            are called latitude and longitude.
        name : str
            A label for reports.
        required, excluded, between_required, groups, quota, is_metric
            As of `Instance`; whether a function is a metric, nobody else knows.

        Raises
        ------
        InputError
            As `Instance`; also if the matrix of so many points does not fit into memory.
        """
        made = object.__new__(cls)
        coordinates, columns, labels = of_table(points)
        if metric is None:
            metric = PLANE if columns is None else columns.metric
        registered = metric if isinstance(metric, str) else None
        made._fill(pairwise(coordinates, metric), p, name, registered, at_least)
        made._fix(required, excluded, between_required)
        made._limit(groups, quota)
        made._declare(is_metric)
        if registered is None:
            made._check_triangles(rounding_unit(made.distances))
        note = "" if columns is None else columns.note
        if columns is not None and columns.on_earth:
            note = "; ".join(filter(None, [note, degrees_note(metric)]))
        return made.described(note, labels, coordinates_of(coordinates))

    @classmethod
    def from_graph(
        cls,
        graph: Any,
        p: int,
        weight: str | None = "weight",
        nodes: Iterable[Any] | None = None,
        *,
        unreachable: str | float = "refuse",
        symmetric: str | None = None,
        name: str = "instance",
    ) -> Instance:
        """Build an instance from a graph of networkx: distances are shortest paths.

        Parameters
        ----------
        graph : networkx.Graph
            Of any kind; paths may lead over all of its nodes.
        p, name
            As of `Instance`.
        weight : str or None
            The attribute of an edge that is its length; with `None` edges are counted.
        nodes : iterable of nodes, optional
            Those that may be chosen, in this order; by default all.
        unreachable : "refuse", "largest" or float
            What is done where no path joins two of them: refuse the graph, keep the largest component
            (of a directed graph, strong component), or take this as their distance.
        symmetric : str, optional
            As of `from_matrix`, for the two ways between nodes of a directed graph.

        Raises
        ------
        InputError
            As `from_matrix`; also if it is no such graph, an edge has no length, a length is negative,
            a node is none of the graph, or some are not joined.

        Notes
        -----
        The distances are a metric if all edges lead both ways, and `unreachable` does not break it.

        Examples
        --------
        >>> import networkx as nx
        >>> instance = Instance.from_graph(nx.path_graph(["A", "B", "C"]), p=2, weight=None)
        >>> instance.labels, instance.distances[0].tolist(), instance.is_metric
        (('A', 'B', 'C'), [0.0, 1.0, 2.0], True)
        """
        asked = [] if nodes is None else [str(node) for node in nodes]
        if nodes is not None and not asked:
            raise InputError("nodes is empty, so that none may be chosen; leave it out for all.")
        found = of_networkx(graph, weight)
        paths = shortest_paths(found, found.nodes_called(asked), unreachable)
        made = cls.from_matrix(paths.distances, p, symmetric, name)
        return made.described(paths.note, paths.labels, is_metric=paths.is_metric)

    def _fill(
        self,
        distances: ArrayLike,
        p: int | None,
        name: str,
        metric: str | None,
        at_least: float | None = None,
        symmetric: str | None = None,
    ) -> None:
        matrix, note = checked(distances, symmetric)
        chosen, apart = size_of(p, at_least, len(matrix))
        for key, value in {
            "distances": matrix,
            "p": chosen,
            "name": encodable(str(name)),
            "metric": metric,
            "at_least": apart,
            "required": (),
            "excluded": (),
            "between_required": True,
            "quota": (),
            "is_metric": None if metric is None else metrics[metric].is_metric,
            "note": note,
            "labels": labels_of(distances),
            "points": None,
        }.items():
            object.__setattr__(self, key, value)

    def _fix(self, required: ArrayLike, excluded: ArrayLike, between: bool) -> None:
        """Note which points are in and which are out."""
        counts = self.at_least is not None
        fixed = checked_membership(required, excluded, between, self.n, self.p, counts)
        object.__setattr__(self, "required", fixed.required)
        object.__setattr__(self, "excluded", fixed.excluded)
        object.__setattr__(self, "between_required", fixed.between)
        taken = np.array(fixed.required, dtype=np.intp)
        near = np.triu(self.distances[np.ix_(taken, taken)] < (self.at_least or 0.0), k=1)
        if near.any():
            i, j = (int(taken[k]) for k in np.unravel_index(int(near.argmax()), near.shape))
            raise InputError(
                f"points {i} and {j} are required, and {self.distances[i, j]:.6g} apart, which is less "
                f"than {self.at_least!r}; require one of them."
            )

    def _limit(self, groups: object, quota: object) -> None:
        """Note how many points of each group may be chosen."""
        limits = checked_quotas(groups, quota, self.n, self.p)
        if limits and self.at_least is not None:
            raise InputError(
                f"quotas are for selections of p points, got {in_words(self.p, self.at_least)}; say p."
            )
        object.__setattr__(self, "quota", limits)

    def _declare(self, is_metric: bool | None) -> None:
        """Note whether the distances are a metric, if somebody says so."""
        if is_metric is None:
            return
        if not isinstance(is_metric, (bool, np.bool_)):
            raise InputError(f"is_metric must be True, False or None, got {shown(is_metric)}.")
        if self.metric is not None and is_metric != self.is_metric:
            kind = "a metric" if self.is_metric else "no metric"
            raise InputError(
                f"{self.metric} is {kind}, got is_metric={is_metric}; leave out one of them."
            )
        object.__setattr__(self, "is_metric", bool(is_metric))

    def _check_triangles(self, unit: float) -> None:
        """Look at some triangles if the distances are said to obey the inequality."""
        if self.is_metric:
            check_sample(self.distances, unit, self.metric)

    def __setstate__(self, state: dict[str, object]) -> None:
        """Unpickle; arrays arrive writeable and are locked again."""
        self.__dict__.update(state)
        for name in ("distances", "points", "_levels_and_ranks", "levels", "ranks"):
            value = state.get(name)
            for array in value if isinstance(value, tuple) else (value,):
                if isinstance(array, np.ndarray):
                    array.setflags(write=False)

    def with_p(self, p: int) -> Instance:
        """The same points with another p; shares the matrix and what was derived from it."""
        return self._asking(checked_p(p, self.n), None)

    def with_at_least(self, distance: float) -> Instance:
        """The same points, of which as many as possible are to be at least so far apart."""
        return self._asking(self.n, checked_at_least(distance))

    def with_fixed(
        self,
        required: ArrayLike = (),
        excluded: ArrayLike = (),
        between_required: bool = True,
    ) -> Instance:
        """The same question with other required and excluded points, as of `Instance`."""
        other = self._asking(self.p, self.at_least)
        other._fix(required, excluded, between_required)
        return other

    def with_quota(self, groups: object = None, quota: object = None) -> Instance:
        """The same question with other quotas, as of `Instance`; without arguments with none."""
        other = self._asking(self.p, self.at_least)
        other._limit(groups, quota)
        return other

    def _asking(self, p: int, at_least: float | None) -> Instance:
        other = object.__new__(type(self))
        other.__dict__.update(self.__dict__)
        other.__dict__.pop("digest", None)
        other.__dict__.update(p=p, at_least=at_least)
        other._fix(self.required, self.excluded, self.between_required)
        other._limit(None, self.quota)
        return other

    def described(
        self,
        note: str = "",
        labels: tuple[str, ...] | None = None,
        points: NDArray[np.generic] | None = None,
        is_metric: bool | None = None,
    ) -> Instance:
        """The same with a further note, the names and coordinates of its points, and if it is a metric.

        It shares the matrix, and copies the coordinates.
        """
        other = object.__new__(type(self))
        other.__dict__.update(self.__dict__)
        other.__dict__["note"] = "; ".join(filter(None, [self.note, note]))
        other.__dict__["labels"] = self.labels if labels is None else labels
        if points is not None:
            kept = points.reshape(len(points), -1).copy()
            kept.setflags(write=False)
            other.__dict__["points"] = kept
        if is_metric is not None:
            other._declare(is_metric)
        return other

    def __repr__(self) -> str:
        """Name, n, what is asked, and metric."""
        asked = f"p={self.p}" if self.at_least is None else f"at_least={self.at_least!r}"
        metric = "" if self.metric is None else f", metric={self.metric!r}"
        fixed = "".join(f", {told}" for told in (self.membership, quotas_in_words(self.quota)) if told)
        return f"Instance({self.name!r}, n={self.n}, {asked}{metric}{fixed})"

    @property
    def asked(self) -> str:
        """What is asked, in words: ``p = 10``, or ``at least 0.5 apart``."""
        return in_words(self.p, self.at_least)

    @property
    def membership(self) -> Membership:
        """The required and excluded points together."""
        return Membership(self.required, self.excluded, self.between_required)

    def labels_of(self, selected: NDArray[np.intp] | None) -> tuple[str, ...] | None:
        """The names of some points; `None` if points have no names, or there are no points."""
        if self.labels is None or selected is None:
            return None
        return tuple(self.labels[k] for k in selected.tolist())

    @property
    def restricted(self) -> bool:
        """Whether points are required or excluded, or groups have quotas."""
        return bool(self.membership or self.quota)

    @property
    def n(self) -> int:
        """How many points there are."""
        return len(self.distances)

    @property
    def dimension(self) -> int | None:
        """How many coordinates a point has; `None` if the instance was not made of points."""
        return None if self.points is None else self.points.shape[1]

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
        """SHA-256 of the matrix and what is asked, in hexadecimal: equal instances have equal ones."""
        content = hashlib.sha256(np.array([self.n, self.p], dtype=np.int64).tobytes())
        if self.at_least is not None:
            content.update(np.float64(self.at_least).tobytes())
        content.update(np.ascontiguousarray(self.distances).tobytes())
        if self.membership:
            content.update(repr(self.membership).encode())
        if self.quota:
            content.update(repr(self.quota).encode())
        return content.hexdigest()
