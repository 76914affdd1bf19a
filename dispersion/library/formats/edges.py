"""Lists of edges, which could be distances as well, so that they must be named."""

from __future__ import annotations

from dispersion.arrays.graphs import Graph
from dispersion.library.content import Content
from dispersion.library.formats import file_format
from dispersion.library.formats._graphs import OF_GRAPHS, paths_of
from dispersion.library.sheet import cells, separator_of
from dispersion.library.source import Source, is_number


def _recognises(source: Source) -> str:
    return ""  # it looks like pairs


@file_format(
    "edges",
    summary="an edge of a graph a line, as two nodes and a length, or no lengths; if it is named so",
    recognises=_recognises,
    takes=OF_GRAPHS,
)
def edges(source: Source) -> Content:
    """Read a graph whose edges lead both ways; distances are shortest paths.

    Lines that begin with # are left out, and so is a first line with names of the columns.  Without
    lengths edges are counted.  Between semicolons numbers may have decimal commas.
    """
    rows = [(k, line) for k, line in enumerate(source.lines, 1) if _is_row(line)]
    if not rows:
        raise source.fault("no edge is found")
    mark = separator_of(rows[0][1])
    parted = [(k, cells(line, mark)) for k, line in rows]
    width = len(parted[0][1])
    if width not in (2, 3):
        raise source.fault(f"two nodes and a length are expected, got {width} cells", parted[0][0])
    if width == 3 and len(parted) > 1 and not is_number(_number(parted[0][1][2], mark)):
        parted = parted[1:]
    found = []
    for k, row in parted:
        if len(row) != width:
            raise source.fault(f"{width} cells are expected, got {len(row)}", k)
        length = _number(row[2], mark) if width == 3 else "1"
        if not is_number(length):
            raise source.fault(f"the length {row[2]!r} is not a number", k)
        found.append((row[0], row[1], float(length)))
    return paths_of(source, Graph.of_edges(found))


def _is_row(line: str) -> bool:
    return bool(line.strip()) and not line.startswith("#")


def _number(cell: str, mark: str | None) -> str:
    return cell.replace(",", ".") if mark == ";" else cell
