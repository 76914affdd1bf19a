"""Graphs of OR-Library's p-median problems."""

from __future__ import annotations

import numpy as np

from dispersion.arrays.graphs import Graph
from dispersion.library.content import Content
from dispersion.library.formats import file_format
from dispersion.library.formats._graphs import OF_GRAPHS, paths_of
from dispersion.library.source import Source, first_where
from dispersion.library.tables import counted_edges


@file_format(
    "pmed",
    summary="a graph of OR-Library: n, edges and p, then 'i j length' a line",
    recognises=counted_edges,
    takes=OF_GRAPHS,
)
def pmed(source: Source) -> Content:
    """Read a graph whose edges lead both ways; distances are shortest paths, nodes count from 1.

    The form is that of Beasley, "A note on solving large p-median problems", European Journal of
    Operational Research 21, 1985, in OR-Library; of an edge that comes twice, the last length counts,
    as its page says.  The p of the file is that of the p-median problem.
    """
    rows = source.rows(1, width=3)
    line = source.first_lines[0][0]
    n, count, p = (
        source.whole_number(text, line, what, 1)
        for text, what in zip(
            source.first_lines[0][1],
            ("the number of points", "the number of edges", "the number of points to choose"),
            strict=True,
        )
    )
    ends, lengths = rows[1:, :2], rows[1:, 2]
    if len(ends) != count:
        raise source.fault(f"it promises {count:,} edges and holds {len(ends):,}")
    astray = first_where(((ends % 1 != 0) | (ends < 1) | (ends > n)).any(axis=1))
    if astray is not None:
        i, j = ends[astray]
        where = source.line_of(1, astray + 1)
        raise source.fault(f"an edge joins two points of 1..{n}, got {i:g} {j:g}", where)
    pairs = np.sort(ends.astype(np.intp) - 1, axis=1)
    _, last = np.unique(pairs[::-1], axis=0, return_index=True)
    kept = len(pairs) - 1 - last
    return paths_of(source, Graph(tuple(map(str, range(1, n + 1))), pairs[kept], lengths[kept]), p)
