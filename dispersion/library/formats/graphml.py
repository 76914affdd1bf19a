"""Graphs as GraphML, which networkx, osmnx, Gephi and yEd write."""

from __future__ import annotations

from dispersion.library.content import Content
from dispersion.library.formats import file_format
from dispersion.library.formats._graphs import OF_GRAPHS, read_by_networkx
from dispersion.library.source import Source


def _recognises(source: Source) -> str:
    return "it is XML with a <graphml>" if b"<graphml" in source.head else ""


@file_format(
    "graphml",
    summary="a graph in XML, whose edges have a weight or length",
    recognises=_recognises,
    takes=OF_GRAPHS,
)
def graphml(source: Source) -> Content:
    """Read a graph; distances are shortest paths, and labels the ids of its nodes."""
    import networkx

    return read_by_networkx(source, networkx.read_graphml)
