"""Distance matrices as text."""

from __future__ import annotations

from dispersion.library.content import Content
from dispersion.library.formats import file_format
from dispersion.library.source import Source, split


def _recognises(source: Source) -> bool:
    widths = [len(cells) for cells in source.first_rows]
    commas = source.is_text and any(mark in source.head.partition(b"\n")[0] for mark in b",;")
    return commas or (len(widths) > 1 and widths[0] == widths[1] > 1)


@file_format(
    "matrix", summary="n rows of n distances, by commas, semicolons or blanks", recognises=_recognises
)
def matrix(source: Source) -> Content:
    """Read an (n, n) matrix of decimal numbers, with neither header nor row names (a ``.csv``, say)."""
    lines = source.filled()
    n = len(split(source.lines[lines[0] - 1]))
    source.need(n)
    rows = source.table(lines, n)
    if len(rows) != n:
        raise source.fault(f"a square matrix is needed, got {len(rows)} rows of {n} numbers")
    return Content(rows)
