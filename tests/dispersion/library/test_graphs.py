"""Files of graphs: every format holds the same one, and what is wrong is one sentence."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import networkx as nx
import pytest

from dispersion import Instance, read_instance
from dispersion.errors import InputError

Write = Callable[..., Path]
EDGES = [("1", "2", 4.0), ("2", "3", 1.0), ("3", "4", 2.0), ("1", "4", 2.5)]
GRAPH = nx.Graph()
GRAPH.add_weighted_edges_from(EDGES)

FILES = {
    "edges": "# roads\n" + "\n".join(f"{i} {j} {d}" for i, j, d in EDGES),
    "edges;": "from;to;km\n" + "\n".join(f"{i};{j};{d}".replace(".", ",") for i, j, d in EDGES),
    "edges,": "from,to,km\n" + "\n".join(f"{i},{j},{d}" for i, j, d in EDGES),
    "pmed": "4 5 2\n1 2 99\n" + "\n".join(f"{j} {i} {d}" for i, j, d in EDGES),
    "gr": "c a\np sp 4 8\n" + "\n".join(f"a {i} {j} {d}\na {j} {i} {d}" for i, j, d in EDGES),
    "gml": "\n".join(nx.generate_gml(GRAPH)),
    "graphml": "\n".join(nx.generate_graphml(GRAPH)),
}


@pytest.mark.parametrize("name", FILES)
def test_all_formats_hold_the_same_graph(name: str, write: Write) -> None:
    """With its names; a metric; some nodes can be asked for, over paths by others."""
    path, format_ = write("file", FILES[name]), name.rstrip(",;") if name[:5] == "edges" else None
    instance = read_instance(path, 2, format_)
    truth = Instance.from_graph(GRAPH, 2)
    assert (instance.distances == truth.distances).all()
    assert (instance.labels, instance.is_metric) == (("1", "2", "3", "4"), True)
    some = read_instance(path, 2, format_, nodes=["4", "2"])
    assert (some.labels, some.distances[0, 1]) == (("4", "2"), 3.0)


def test_what_is_special_about_each(write: Write) -> None:
    """The p of a median problem, arcs in one direction, edges that are counted, and nodes by id."""
    assert read_instance(write("pmed1", FILES["pmed"])).p == 2
    one_way = write("x.gr", "p sp 2 2\na 1 2 3\na 2 1 5\n")
    assert read_instance(one_way, 2, symmetric="min").distances[0, 1] == 3
    counted = read_instance(write("e.csv", "A,B\nB,C\n"), 2, format="edges")
    assert (counted.labels, counted.distances[0, 2]) == (("A", "B", "C"), 2)
    bare = "graph [\nnode [ id 5 ]\nnode [ id 7 ]\nedge [ source 5 target 7 length 2 ]\n]\n"
    assert read_instance(write("b.gml", bare), 2).labels == ("5", "7")


def test_graphs_that_are_not_connected(write: Write) -> None:
    """As from Python: refused, in parts, or with a distance."""
    path = write("e.txt", "A B 1\nB C 1\nD E 1\n")
    with pytest.raises(InputError, match=r"'.*e\.txt': no path joins nodes 'A' and 'D'; keep the larg"):
        read_instance(path, 2, format="edges")
    assert read_instance(path, 2, format="edges", unreachable="largest").labels == ("A", "B", "C")
    assert read_instance(path, 2, format="edges", unreachable=7.0).distances[0, 4] == 7


@pytest.mark.parametrize(
    ("name", "text", "told"),
    [
        ("edges", "A B x\n", "line 1: the length 'x' is not a number"),
        ("edges", "A B 1\nA C\n", "line 2: 3 cells are expected, got 2"),
        ("edges", "A\nB\n", "line 1: two nodes and a length are expected, got 1 cells"),
        ("edges", "# nothing\n", "no edge is found"),
        ("edges", "A B -1\nB C 2\n", "the edge between 'A' and 'B' has the length -1"),
        ("pmed", "3 1 2\n1 9 3\n", "line 2: an edge joins two points of 1..3, got 1 9"),
        ("pmed", "3 2 2\n1 2 3\n", "it promises 2 edges and holds 1"),
        ("pmed", "3 1 2\n1 2 x\n", "line 2: 'x' is not a number"),
        ("gr", "p sp 3\n", "line 1: 'p sp nodes arcs' is expected"),
        ("gr", "p sp 3 1\na 1 2\n", "line 2: 'a from to length' is expected"),
        ("gr", "p sp 3 2\na 1 2 3\n", "it promises 2 arcs and holds 1"),
        ("gr", "p sp 3 1\na 1 4 3\n", "line 2: an arc joins two nodes of 1..3, got 1 4"),
        ("gr", "p sp 3 1\na 1 x 3\n", "an arc is not three numbers"),
        ("gr", "c nothing\n", "'p sp nodes arcs' is expected"),
        ("gml", "graph [ node [ id 0 ]", "networkx cannot read it"),
        ("graphml", "<graphml><graph>", "networkx cannot read it"),
        (
            "gml",
            "graph [ node [ id 0 ] node [ id 1 ] edge [ source 0 target 1 km 2 ] ]",
            "its edges must have either a weight or a length, and they have km; read it with networkx",
        ),
        (
            "gml",
            "graph [ node [ id 0 ] node [ id 1 ] node [ id 2 ] edge [ source 0 target 1 weight 2 ]\n"
            "edge [ source 0 target 2 ] ]",
            "the edge between '0' and '2' has no 'weight'; it has nothing",
        ),
    ],
)
def test_faults_of_graphs(name: str, text: str, told: str, write: Write) -> None:
    """With file and, where it has one, line."""
    path = write("bad", text)
    with pytest.raises(InputError, match=re.escape(told)) as raised:
        read_instance(path, 2, format=name)
    assert str(raised.value).startswith(f"'{path}'")
    assert "\n" not in str(raised.value)
