"""What the formats of graphs have in common."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from dispersion.arrays.graphs import Graph, of_networkx, shortest_paths
from dispersion.errors import InputError
from dispersion.library.content import Content
from dispersion.library.source import Source

OF_GRAPHS = ("nodes", "unreachable")  #: what may be told of graphs
_REASON = 200  # characters of what networkx says, which may repeat the file
_LENGTHS = ("weight", "length")  # attributes of edges that are taken for their length


def paths_of(source: Source, graph: Graph, p: int | None = None) -> Content:
    """The shortest paths of the graph in a file, as its caller wants them."""
    told = source.told
    try:
        paths = shortest_paths(graph, graph.nodes_called(told.nodes), told.unreachable)
    except InputError as error:
        raise source.fault(str(error).rstrip(".")) from error
    return Content(paths.distances, p, None, None, paths.labels, paths.note, paths.is_metric)


def read_by_networkx(source: Source, read: Callable[[str], Any]) -> Content:
    """A graph that networkx reads; the length of an edge is its weight or length."""
    try:
        graph = read(str(source.path))
    except MemoryError:
        raise
    except Exception as error:  # whatever networkx and what it parses with raise
        reason = str(error).partition("\n")[0].rstrip(".")[:_REASON]
        raise source.fault(f"networkx cannot read it: {reason or type(error).__name__}") from error
    attributes = {name for _, _, about in graph.edges(data=True) for name in about}
    known = [name for name in _LENGTHS if name in attributes]
    if graph.number_of_edges() and len(known) != 1:
        has = ", ".join(sorted(map(str, attributes))) or "nothing"
        raise source.fault(
            f"its edges must have either a weight or a length, and they have {has}; read it with "
            "networkx, and give Instance.from_graph(G, p, weight=...)"
        )
    try:
        found = of_networkx(graph, known[0] if known else None)
    except InputError as error:
        raise source.fault(str(error).rstrip(".")) from error
    return paths_of(source, found)
