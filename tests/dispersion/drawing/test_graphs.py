"""Nodes are drawn where they lie, and edges between them."""

from __future__ import annotations

import networkx as nx
import pytest

from dispersion import InputError
from dispersion.drawing import draw_graph

STREET = nx.path_graph(4)
PLACES = {0: (0, 0), 1: (1, 0), 2: (2, 0), 3: (2, 1)}


def test_nodes_edges_and_candidates():
    """Nodes that could not have been chosen have edges, and no mark."""
    ax = draw_graph(STREET, [3, 0], candidates=[0, 2, 3], positions=PLACES, title="a street")
    assert {line.get_label(): line.get_xydata().tolist() for line in ax.lines} == {
        "not chosen (1)": [[2, 0]],
        "chosen (2)": [[2, 1], [0, 0]],
    }
    (edges,) = ax.collections
    assert [path.vertices.tolist() for path in edges.get_paths()] == [
        [[0, 0], [1, 0]],
        [[1, 0], [2, 0]],
        [[2, 0], [2, 1]],
    ]
    assert [text.get_text() for text in ax.texts] == ["3", "0"]


@pytest.mark.parametrize("held", [{"pos": (5, 6)}, {"x": 5, "y": 6}])
def test_positions_of_the_graph(held):
    """As networkx's generators, or street networks, have them."""
    graph = nx.Graph()
    graph.add_node("a", **held)
    assert draw_graph(graph, ["a"]).lines[0].get_xydata().tolist() == [[5, 6]]


def test_without_positions_the_layout_is_repeatable():
    first, second = (draw_graph(STREET, [0]).lines[0].get_xydata().tolist() for _ in range(2))
    assert first == second


@pytest.mark.parametrize(
    ("graph", "chosen", "positions", "said"),
    [
        (STREET, [7], PLACES, "7 is no node of the graph"),
        (STREET, [0], {0: (0, 0)}, "no entry for the node 1"),
        (STREET, None, PLACES, "chosen must be nodes of the graph, .*, got NoneType"),
        ([0, 1], [0], PLACES, "a graph of networkx is needed, got list"),
        (nx.empty_graph(500), [0], None, "500 nodes without positions"),
    ],
)
def test_what_cannot_be_drawn(graph, chosen, positions, said):
    """One sentence."""
    with pytest.raises(InputError, match=said):
        draw_graph(graph, chosen, positions=positions)
