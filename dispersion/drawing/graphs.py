"""A graph of networkx, and which of its nodes were chosen."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Mapping
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.collections import LineCollection
from numpy.typing import NDArray

from dispersion.drawing.plane import OTHERS, SELECTED, Plane, name_points
from dispersion.errors import InputError, shown
from dispersion.study.plotting.canvas import axes_of

_LAID_OUT_MOST = 499  # nodes; networkx needs scipy for more


def draw_graph(
    graph: Any,
    chosen: Iterable[Hashable],
    candidates: Iterable[Hashable] | None = None,
    *,
    positions: Mapping[Any, Any] | None = None,
    title: str = "",
    ax: Axes | None = None,
) -> Axes:
    """Draw a graph with the nodes that were chosen.

    Parameters
    ----------
    graph : networkx.Graph
        Of any kind; edges are drawn as straight lines, without arrows.
    chosen : iterable of nodes
        Nodes of the graph, as ``[nodes[k] for k in solution.selected]``; filled, and named while there
        are few.
    candidates : iterable of nodes, optional
        Those that could have been chosen, drawn as open circles; by default all.
    positions : mapping of node to (x, y), optional
        If absent, the attributes ``pos``, or ``x`` and ``y``, of the nodes; if they have none, the
        spring layout of networkx, which is repeatable.
    title : str
        Above the picture.
    ax : matplotlib.axes.Axes, optional
        Where to draw; if absent, on a new figure, ``ax.figure``.

    Raises
    ------
    InputError
        It is no graph, a node is none of it or has no position, or there are too many to lay them out.

    Examples
    --------
    >>> import networkx as nx
    >>> street = nx.path_graph(5)
    >>> ax = draw_graph(street, [0, 2, 4], positions={k: (k, 0) for k in street})
    >>> [text.get_text() for text in ax.texts]
    ['0', '2', '4']
    """
    if not (hasattr(graph, "nodes") and hasattr(graph, "edges")):
        raise InputError(f"a graph of networkx is needed, got {type(graph).__name__}.")
    if not isinstance(chosen, Iterable):
        raise InputError(
            "chosen must be nodes of the graph, as [nodes[k] for k in solution.selected], got "
            f"{type(chosen).__name__}."
        )
    ax = axes_of(ax)
    nodes = list(graph)
    places = _places(graph, nodes, positions)
    picked = [*dict.fromkeys(chosen)]
    open_ones = [one for one in (nodes if candidates is None else candidates) if one not in picked]
    for node in (*picked, *open_ones):
        if node not in places:
            raise InputError(f"{shown(node)} is no node of the graph; choose from its nodes.")
    lines = [(places[one], places[other]) for one, other in graph.edges()]
    ax.add_collection(LineCollection(lines, color="grey", linewidth=0.8, zorder=1))
    for some, look, label in ((open_ones, OTHERS, "not chosen"), (picked, SELECTED, "chosen")):
        if some:
            ax.plot(*_rows(places, some).T, label=f"{label} ({len(some)})", **look)
    name_points(ax, _rows(places, picked), [str(node) for node in picked])
    ax.autoscale_view()
    return Plane(_rows(places, nodes)).finish(ax, title)


def _rows(places: Mapping[Any, Any], nodes: Iterable[Any]) -> NDArray[np.float64]:
    return np.array([places[node] for node in nodes], dtype=np.float64).reshape(-1, 2)


def _places(graph: Any, nodes: list[Any], positions: Mapping[Any, Any] | None) -> dict[Any, Any]:
    """Where every node lies."""
    if positions is not None:
        missing = next((node for node in nodes if node not in positions), None)
        if missing is not None:
            raise InputError(f"positions has no entry for the node {shown(missing)}; give it one.")
        return {node: positions[node] for node in nodes}
    attributes = dict(graph.nodes(data=True))
    if all("pos" in held for held in attributes.values()):
        return {node: held["pos"] for node, held in attributes.items()}
    if all({"x", "y"} <= set(held) for held in attributes.values()):
        return {node: (held["x"], held["y"]) for node, held in attributes.items()}
    if len(nodes) > _LAID_OUT_MOST:
        raise InputError(
            f"the graph has {len(nodes)} nodes without positions, and up to {_LAID_OUT_MOST} are laid "
            "out; give positions."
        )
    import networkx as nx

    return dict(nx.spring_layout(graph, seed=0))
