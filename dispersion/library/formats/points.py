"""Tables of coordinates."""

from __future__ import annotations

import numpy as np

from dispersion.library.content import Content
from dispersion.library.formats import file_format, table_of
from dispersion.library.sheet import sheet_of
from dispersion.library.source import Source


@file_format(
    "points",
    summary="a line of coordinates for every point, by commas, semicolons, tabs or blanks",
    recognises=table_of("points"),
)
def points(source: Source) -> Content:
    """Read points; their distances are Euclidean unless another metric is asked for.

    A first line with names of the columns is left out; a first column of text, or under a name such as
    "id", is what the points are called.
    """
    sheet = sheet_of(source)
    if sheet is None:
        raise source.fault("no row of numbers is found")
    source.need(sheet.count)
    names, X = sheet.rows()
    content = Content.of_points(X)
    labels = tuple(" ".join(row) for row in names) if sheet.names else None
    counting = X.shape[1] > 1 and any((X[:, 0] == np.arange(k, k + len(X))).all() for k in (0, 1))
    note = "the first column counts the rows and was taken as a coordinate" if counting else ""
    return Content(content.distances, None, "euclidean", X, labels, note)
