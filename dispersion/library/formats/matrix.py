"""Distance matrices as text."""

from __future__ import annotations

from collections.abc import Sequence

from dispersion.errors import shown
from dispersion.library.content import Content
from dispersion.library.formats import file_format, table_of
from dispersion.library.sheet import Sheet, sheet_of
from dispersion.library.source import Source
from dispersion.library.tables import counted_matrix


@file_format(
    "matrix",
    summary="n rows of n distances, by commas, semicolons, tabs or blanks; behind n, or with names",
    recognises=table_of("matrix"),
)
def matrix(source: Source) -> Content:
    """Read an (n, n) matrix of decimal numbers, such as a ``.csv``.

    A line with n may come first, or the names of the points; names of the rows must be the same in the
    same order.  Between semicolons numbers may have decimal commas.
    """
    if counted_matrix(source):
        return _counted(source)
    sheet = sheet_of(source)
    if sheet is None:
        raise source.fault("no row of numbers is found")
    source.need(sheet.width)
    if sheet.count != sheet.width:
        raise source.fault(
            f"a square matrix is needed, got {sheet.count:,} rows of {sheet.width:,} numbers"
        )
    names, rows = sheet.rows()
    return Content(rows, labels=_labels(sheet, [" ".join(row) for row in names if row]))


def _counted(source: Source) -> Content:
    line, [text] = source.first_lines[0]
    n = source.whole_number(text, line, "the number of points", 2)
    source.need(n)
    if source.filled != n + 1:
        raise source.fault(f"{n:,} rows are promised, got {source.filled - 1:,}")
    return Content(source.rows(line + 1, width=n))


def _labels(sheet: Sheet, names: Sequence[str]) -> tuple[str, ...] | None:
    """What the points are called, if not 0, 1, 2, ..."""
    titles = sheet.header
    if titles is not None and names and tuple(names) != titles:
        k = next(k for k in range(len(names)) if names[k] != titles[k])
        raise sheet.source.fault(
            f"row {k} is called {shown(names[k])} and column {k} {shown(titles[k])}; rows and columns "
            "must be in one order"
        )
    labels = titles if titles is not None else tuple(names)
    return labels if labels and labels != tuple(map(str, range(len(labels)))) else None
