"""Distance matrices as text."""

from __future__ import annotations

from dispersion.library.content import Content
from dispersion.library.formats import file_format
from dispersion.library.source import Source, is_number


def _recognises(source: Source) -> bool:
    rows, line = source.first_lines, source.head.lstrip().partition(b"\n")[0]
    if not rows or b":" in line:  # a keyword of TSPLIB
        return False
    if b"," in line or b";" in line:
        return True
    widths = [len(cells) for _, cells in rows]
    return len(widths) > 1 and widths[0] == widths[1] > 1 and is_number(rows[0][1][0])


@file_format(
    "matrix", summary="n rows of n distances, by commas, semicolons or blanks", recognises=_recognises
)
def matrix(source: Source) -> Content:
    """Read an (n, n) matrix of decimal numbers, with neither header nor row names (a ``.csv``, say)."""
    first, cells = source.first_lines[0]
    n = len(cells)
    source.need(n)
    rows = source.rows(first, width=n)
    if len(rows) != n:
        raise source.fault(f"a square matrix is needed, got {len(rows)} rows of {n} numbers")
    return Content(rows)
