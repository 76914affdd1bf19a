"""Graphs of the 9th DIMACS implementation challenge, shortest paths: road networks."""

from __future__ import annotations

import numpy as np

from dispersion.arrays.graphs import Graph
from dispersion.library.content import Content
from dispersion.library.formats import file_format
from dispersion.library.formats._graphs import OF_GRAPHS, paths_of
from dispersion.library.source import Source, first_where, loaded


def _recognises(source: Source) -> str:
    said = next((row for line in source.head_lines if (row := line.split()) and row[0] != "c"), [])
    return "it has a line 'p sp'" if said[:2] == ["p", "sp"] else ""


@file_format(
    "gr",
    summary="a graph of DIMACS: 'p sp nodes arcs', then 'a from to length' a line",
    recognises=_recognises,
    takes=OF_GRAPHS,
)
def gr(source: Source) -> Content:
    """Read a directed graph; distances are shortest paths, and nodes are counted from 1.

    Where every arc has its like in the other direction, as in road networks, paths have equal lengths
    both ways.  The form is that of the 9th DIMACS Implementation Challenge: Shortest Paths (2006).
    """
    rows = [(k, row) for k, line in enumerate(source.lines, 1) if (row := line.split())]
    rows = [(k, row) for k, row in rows if row[0] != "c"]
    if not rows or rows[0][1][:2] != ["p", "sp"] or len(rows[0][1]) != 4:
        raise source.fault("'p sp nodes arcs' is expected", rows[0][0] if rows else None)
    line, [_, _, nodes, arcs] = rows.pop(0)
    n = source.whole_number(nodes, line, "the number of nodes", 2)
    m = source.whole_number(arcs, line, "the number of arcs", 0)
    bad = next((k for k, row in rows if row[0] != "a" or len(row) != 4), None)
    if bad is not None:
        raise source.fault("'a from to length' is expected", bad)
    if len(rows) != m:
        raise source.fault(f"it promises {m:,} arcs and holds {len(rows):,}")
    try:
        values = loaded(" ".join(row[1:]) for _, row in rows).reshape(-1, 3)
    except ValueError as error:
        raise source.fault(f"an arc is not three numbers: {error}") from error
    ends = values[:, :2]
    astray = first_where(((ends % 1 != 0) | (ends < 1) | (ends > n)).any(axis=1))
    if astray is not None:
        i, j = ends[astray]
        raise source.fault(f"an arc joins two nodes of 1..{n}, got {i:g} {j:g}", rows[astray][0])
    names = tuple(map(str, range(1, n + 1)))
    return paths_of(source, Graph(names, ends.astype(np.intp) - 1, values[:, 2], directed=True))
