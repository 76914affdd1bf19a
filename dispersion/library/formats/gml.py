"""Graphs as GML, the Graph Modelling Language."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

from dispersion.library.content import Content
from dispersion.library.formats import file_format
from dispersion.library.formats._graphs import OF_GRAPHS, read_by_networkx
from dispersion.library.source import Source


def _recognises(source: Source) -> str:
    words = source.head.split(maxsplit=400)
    graph = (b"graph", b"[") in pairwise(words)
    begins = words[:1] and words[0].lower() in (b"graph", b"creator", b"version", b"comment")
    return "it holds graph [" if graph and begins else ""


@file_format(
    "gml",
    summary="a graph as 'graph [ node [ ... ] edge [ ... ] ]', whose edges have a weight or length",
    recognises=_recognises,
    takes=OF_GRAPHS,
)
def gml(source: Source) -> Content:
    """Read a graph; distances are shortest paths, and its nodes are called by their labels or ids."""
    return read_by_networkx(source, lambda path: _read(path, b"label" in source.head))


def _read(path: str, labelled: bool) -> Any:
    import networkx

    return networkx.read_gml(path, label="label" if labelled else "id")
