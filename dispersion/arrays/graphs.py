"""Distances along a graph: the shortest paths between its nodes."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from numbers import Real
from typing import Any

import numpy as np
from numpy.typing import NDArray

from dispersion.arrays.memory import need
from dispersion.errors import InputError, shown

REFUSE, LARGEST = UNREACHABLE = ("refuse", "largest")
_NUMBERS = 1 << 22  # distances to all nodes that are held at a time: 32 MiB
_LISTED = 5  # names in a message

Indices = NDArray[np.intp]


@dataclass(frozen=True, eq=False, slots=True)
class Graph:
    """Nodes, and edges with lengths.

    Attributes
    ----------
    names : tuple of str
        Of the nodes.
    ends : ndarray of int, shape (m, 2)
        The nodes that every edge joins; of several edges the shortest counts.
    lengths : ndarray of float64, shape (m,)
        Not yet checked.
    directed : bool
        Whether an edge leads from its first end to its second only.
    """

    names: tuple[str, ...]
    ends: Indices
    lengths: NDArray[np.float64]
    directed: bool = False

    @classmethod
    def of_edges(cls, edges: Sequence[tuple[str, str, float]], directed: bool = False) -> Graph:
        """A graph by the names of the ends and the length of every edge; nodes as they come."""
        at: dict[str, int] = {}
        pairs = [[at.setdefault(end, len(at)) for end in edge[:2]] for edge in edges]
        ends = np.array(pairs, dtype=np.intp).reshape(-1, 2)
        return cls(tuple(at), ends, np.array([edge[2] for edge in edges], dtype=np.float64), directed)

    def nodes_called(self, names: Sequence[str]) -> Indices:
        """The nodes with these names; `InputError` if one is unknown, or several are called so."""
        at = {name: k for k, name in enumerate(self.names)}
        times = Counter(self.names)
        for name in names:
            if times[name] > 1:
                raise InputError(f"{times[name]} nodes of the graph read {shown(name)}; rename them.")
            if name not in at:
                some = ", ".join(self.names[:_LISTED]) + (", ..." if len(at) > _LISTED else "")
                raise InputError(f"the graph has no node {shown(name)}; its nodes are {some}.")
        return np.array([at[name] for name in names], dtype=np.intp)


@dataclass(frozen=True, eq=False, slots=True)
class Paths:
    """The lengths of shortest paths.

    Attributes
    ----------
    distances : ndarray, shape (n, n), float64
        Between the nodes that may be chosen; symmetric unless the graph is directed.
    labels : tuple of str or None
        The names of these nodes, if they are more than 0, 1, 2, ...
    is_metric : bool or None
        Whether the triangle inequality holds; `None` if nothing is known.
    note : str
        What was done about nodes that are not joined; "" if all are.
    """

    distances: NDArray[np.float64]
    labels: tuple[str, ...] | None
    is_metric: bool | None
    note: str


def shortest_paths(graph: Graph, nodes: Indices, unreachable: str | float = REFUSE) -> Paths:
    """The lengths of the shortest paths between some nodes, which may lead over all.

    Parameters
    ----------
    graph : Graph
        With lengths of edges that are finite and not negative.
    nodes : ndarray of int, shape (n,)
        The nodes that may be chosen; all if there are none.
    unreachable : "refuse", "largest" or float
        What is done if some pairs are not joined: refuse the graph, keep the nodes in the component
        that has most of them, or set their distance.

    Raises
    ------
    InputError
        A length is not a number of 0 or more, a node is named twice, nodes are not joined, or there are
        too many for the memory.

    Notes
    -----
    By Dijkstra's algorithm from each of the nodes.  Components of a directed graph are strong ones.
    """
    from scipy.sparse.csgraph import connected_components

    value = _checked(graph, nodes, unreachable)
    asked = nodes if len(nodes) else np.arange(len(graph.names))
    arcs, both_ways = _arcs(graph)
    _, component = connected_components(arcs, directed=True, connection="strong")
    joined = component[asked] == np.bincount(component[asked]).argmax()
    if not joined.all() and value is None and unreachable == REFUSE:
        one, other = (graph.names[asked[k]] for k in (int(joined.argmax()), int(joined.argmin())))
        raise InputError(
            f"no path joins nodes {shown(one)} and {shown(other)}; keep the largest component with "
            'unreachable="largest" (--unreachable largest), or set such distances, as in '
            "unreachable=1000."
        )
    kept = asked[joined] if value is None else asked
    need(len(kept), "the graph", "; name those that may be chosen with nodes= (--nodes)")
    note = "" if len(kept) == len(asked) else _left_out(len(asked), len(kept))
    distances = _lengths(arcs, kept)
    if both_ways:
        np.minimum(distances, distances.T.copy(), out=distances)  # sums from two ends are rounded
    labels = tuple(graph.names[k] for k in kept)
    named = None if labels == tuple(map(str, range(len(labels)))) else labels
    paths = Paths(distances, named, True if both_ways else None, note)
    return paths if value is None else _bridged(paths, value)


def _checked(graph: Graph, nodes: Indices, unreachable: str | float) -> float | None:
    """The distance of what is not joined, if one is given."""
    bad = ~(np.isfinite(graph.lengths) & (graph.lengths >= 0))
    if bad.any():
        k = int(bad.argmax())
        one, other = (graph.names[end] for end in graph.ends[k])
        raise InputError(
            f"the edge between {shown(one)} and {shown(other)} has the length {graph.lengths[k]:g}; "
            "lengths must be finite and not negative."
        )
    found, counts = np.unique(nodes, return_counts=True)
    if (counts > 1).any():
        raise InputError(f"node {shown(graph.names[found[counts.argmax()]])} is named twice.")
    if not graph.names:
        raise InputError("the graph has no nodes.")
    if isinstance(unreachable, str) and unreachable in UNREACHABLE:
        return None
    number = isinstance(unreachable, Real) and not isinstance(unreachable, bool)
    if not number or not 0 <= float(unreachable) < math.inf:
        raise InputError(
            f'unreachable must be "{REFUSE}", "{LARGEST}" or a distance of 0 or more, got '
            f"{shown(unreachable)}."
        )
    return float(unreachable)


def _arcs(graph: Graph) -> tuple[Any, bool]:
    """A sparse matrix of the shortest arc of every pair, and whether all arcs lead both ways."""
    from scipy.sparse import csr_array

    ends, lengths = graph.ends, graph.lengths
    if not graph.directed:
        ends, lengths = np.vstack([ends, ends[:, ::-1]]), np.concatenate([lengths, lengths])
    order = np.lexsort((lengths, ends[:, 1], ends[:, 0]))
    ends, lengths = ends[order], lengths[order]
    first = np.ones(len(ends), dtype=np.bool_)
    first[1:] = (ends[1:] != ends[:-1]).any(axis=1)
    n = len(graph.names)
    arcs = csr_array((lengths[first], (ends[first, 0], ends[first, 1])), shape=(n, n))
    back = arcs.T.tocsr()
    back.sort_indices()
    same = (arcs.indptr == back.indptr).all() and (arcs.indices == back.indices).all()
    return arcs, bool(same and (arcs.data == back.data).all())


def _lengths(arcs: Any, nodes: Indices) -> NDArray[np.float64]:
    """Shortest paths between nodes, a few of which are begun from at a time."""
    from scipy.sparse.csgraph import dijkstra

    step = max(1, _NUMBERS // arcs.shape[0])
    distances = np.empty((len(nodes), len(nodes)))
    for start in range(0, len(nodes), step):
        some = nodes[start : start + step]
        distances[start : start + step] = dijkstra(arcs, indices=some)[:, nodes]
    return distances


def _left_out(asked: int, kept: int) -> str:
    return f"{asked - kept:,} of {asked:,} nodes are not joined to the others and left out"


def _bridged(paths: Paths, value: float) -> Paths:
    """The same with a value in place of infinite distances.

    It breaks a triangle of two joined points and a third if it is less than half of their distance.
    """
    apart = np.isinf(paths.distances)
    if not apart.any():
        return paths
    longest = float(paths.distances[~apart].max())
    is_metric = None if paths.is_metric is None else 2.0 * value >= longest
    distances = np.where(apart, value, paths.distances)
    count = int(np.count_nonzero(apart | apart.T)) // 2
    note = f"{count:,} pairs that no path joins are taken as {value:g} apart"
    return replace(paths, distances=distances, is_metric=is_metric, note=note)


def of_networkx(graph: Any, weight: str | None) -> Graph:
    """A graph of networkx, with an attribute of its edges as length; each edge is 1 if it is `None`.

    Raises
    ------
    InputError
        It is no such graph, or an edge has no such attribute, or one that is no number.
    """
    if not (hasattr(graph, "is_directed") and hasattr(graph, "edges")):
        raise InputError(f"a graph of networkx is needed, got {type(graph).__name__}.")
    at = {node: k for k, node in enumerate(graph.nodes)}
    ends, lengths = [], []
    for one, other, about in graph.edges(data=True):
        ends.append((at[one], at[other]))
        lengths.append(1.0 if weight is None else _length(one, other, about, weight))
    pairs = np.array(ends, dtype=np.intp).reshape(-1, 2)
    names = tuple(str(node) for node in at)
    return Graph(names, pairs, np.array(lengths, dtype=np.float64), graph.is_directed())


def _length(one: object, other: object, about: dict[str, object], weight: str) -> float:
    value = about.get(weight)
    try:
        return float(value)  # type: ignore[arg-type]
    except (TypeError, ValueError) as error:
        where = f"the edge between {shown(str(one))} and {shown(str(other))}"
        if value is not None:
            raise InputError(f"{where} has the {weight} {shown(value)}, which is no number.") from error
        has = f"it has {', '.join(map(str, about))}" if about else "it has nothing"
        raise InputError(
            f"{where} has no {shown(weight)}; {has}; name the attribute that is its length with "
            "weight=, or weight=None to count edges."
        ) from error
