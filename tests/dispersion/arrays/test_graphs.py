"""Shortest paths: against networkx, and whatever is wrong with a graph is one sentence."""

from __future__ import annotations

import networkx as nx
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dispersion import Instance
from dispersion.arrays import graphs
from dispersion.errors import InputError


def drawn(seed: int, kind: type = nx.Graph, joined: bool = True) -> nx.Graph:
    """A random graph with lengths; several edges between two nodes if `kind` has such."""
    rng = np.random.default_rng(seed)
    graph = kind()
    graph.add_nodes_from("abcdefgh")
    ends = [*zip("abcdefg", "bcdefgh", strict=True)] if joined else []
    ends += [(str(one), str(other)) for one, other in rng.choice([*"abcdefgh"], size=(9, 2))]
    ends += [end[::-1] for end in ends] if kind is nx.DiGraph else []
    graph.add_edges_from([(*end, {"length": float(rng.integers(0, 9))}) for end in ends])
    return graph


@pytest.mark.parametrize("kind", [nx.Graph, nx.MultiGraph])
@settings(max_examples=20, deadline=None)  # the first imports scipy
@given(seed=st.integers(0, 10_000))
def test_distances_are_those_of_networkx(kind, seed):
    """Of all nodes and of some; a metric, symmetric to the last bit."""
    graph = drawn(seed, kind)
    truth = dict(nx.all_pairs_dijkstra_path_length(graph, weight="length"))
    instance = Instance.from_graph(graph, 3, "length")
    assert instance.labels == tuple("abcdefgh")
    assert instance.distances.tolist() == [
        [truth[i][j] for j in instance.labels] for i in instance.labels
    ]
    some = Instance.from_graph(graph, 2, "length", nodes=["h", "a", "c"], name="some")
    assert (some.labels, some.name) == (("h", "a", "c"), "some")
    assert some.distances[0].tolist() == [0, truth["h"]["a"], truth["h"]["c"]]
    assert instance.is_metric is some.is_metric is True


def test_lengths_that_are_rounded_are_equal_both_ways():
    """Sums from two ends differ in the last bits; and a few nodes at a time change nothing."""
    graph = nx.path_graph(50)
    nx.set_edge_attributes(graph, {edge: 0.1 + k / 7 for k, edge in enumerate(graph.edges)}, "weight")
    whole = Instance.from_graph(graph, 3)
    assert (whole.distances == whole.distances.T).all()
    assert (whole.labels, whole.note) == (None, "")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(graphs, "_NUMBERS", 120)
        assert Instance.from_graph(graph, 3).digest == whole.digest


def test_ways_that_lead_in_one_direction():
    """Both distances of a pair, of which one must be told; equal arcs both ways are edges."""
    graph = drawn(3, nx.DiGraph)
    with pytest.raises(InputError, match="distances are not symmetric"):
        Instance.from_graph(graph, 2, "length")
    truth = dict(nx.all_pairs_dijkstra_path_length(graph, weight="length"))
    instance = Instance.from_graph(graph, 2, "length", symmetric="max")
    assert instance.distances[0, 5] == max(truth["a"]["f"], truth["f"]["a"])
    assert instance.is_metric is None
    assert Instance.from_graph(drawn(3).to_directed(), 2, "length").is_metric is True


APART = nx.disjoint_union(nx.path_graph(5), nx.path_graph(3))


def test_nodes_that_no_path_joins():
    """Refused, or the component with most candidates, or a distance that may break the metric."""
    with pytest.raises(InputError, match=r"no path joins nodes '0' and '5'; keep .*--unreachable larg"):
        Instance.from_graph(APART, 2, None)
    largest = Instance.from_graph(APART, 2, None, unreachable="largest")
    assert (largest.n, largest.is_metric) == (5, True)
    assert largest.note == "3 of 8 nodes are not joined to the others and left out"
    some = Instance.from_graph(APART, 2, None, nodes=[0, 5, 7], unreachable="largest")
    assert some.labels == ("5", "7")
    far = Instance.from_graph(APART, 2, None, unreachable=9)
    assert (far.distances[0, 5], far.is_metric) == (9.0, True)
    assert far.note == "15 pairs that no path joins are taken as 9 apart"
    assert Instance.from_graph(APART, 2, None, unreachable=1.5).is_metric is False
    assert Instance.from_graph(APART, 2, None, nodes=[0, 3], unreachable=9).note == ""


@pytest.mark.parametrize(
    ("graph", "told", "message"),
    [
        (
            drawn(0),
            {},
            r"the edge between 'a' and 'b' has no 'weight'; it has length; name the attribute",
        ),
        (nx.path_graph(2), {}, r"has no 'weight'; it has nothing; .* weight=None to count edges"),
        (nx.Graph([(0, 1, {"weight": "far"})]), {}, "has the weight 'far', which is no number"),
        (
            nx.Graph([(0, 1, {"weight": -1})]),
            {},
            "'0' and '1' has the length -1; lengths must be finite",
        ),
        (nx.Graph([(0, 1, {"weight": float("nan")})]), {}, "has the length nan"),
        (nx.Graph(), {}, "the graph has no nodes"),
        ({0: [1]}, {}, "a graph of networkx is needed, got dict"),
        (
            nx.path_graph(9),
            {"weight": None, "nodes": [1, 99]},
            "no node '99'; its nodes are 0, 1, 2, 3, 4, ",
        ),
        (nx.path_graph(9), {"weight": None, "nodes": []}, "nodes is empty, so that none may be chosen"),
        (nx.path_graph(9), {"weight": None, "nodes": [1, 1]}, "node '1' is named twice"),
        (
            APART,
            {"weight": None, "unreachable": -1},
            'must be "refuse", "largest" or a distance of 0 or',
        ),
        (APART, {"weight": None, "unreachable": "far"}, "got 'far'"),
        (APART, {"weight": None, "unreachable": None}, "got None"),
        (APART, {"weight": None, "unreachable": True}, "got True"),
        (
            nx.relabel_nodes(nx.path_graph(3), {0: "1"}),
            {"weight": None, "nodes": [2, 1]},
            "2 nodes of the graph read '1'; rename them",
        ),
    ],
)
def test_graphs_that_are_none(graph, told, message):
    """No lengths, bad ones, no such nodes: one sentence."""
    with pytest.raises(InputError, match=message):
        Instance.from_graph(graph, 2, **told)
