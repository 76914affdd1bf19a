"""Tables of coordinates."""

from __future__ import annotations

import numpy as np

from dispersion.arrays.columns import Columns, chosen_columns
from dispersion.errors import InputError
from dispersion.library.content import Content
from dispersion.library.formats import OF_POINTS, file_format, table_of
from dispersion.library.sheet import Sheet, sheet_of
from dispersion.library.source import Source


@file_format(
    "points",
    summary="a line of coordinates for every point, by commas, semicolons, tabs or blanks",
    recognises=table_of("points"),
    takes=OF_POINTS,
)
def points(source: Source) -> Content:
    """Read points.

    A first line has the names of the columns.  Those called latitude and longitude are taken, under
    haversine and in this order; else all columns are, under the Euclidean metric.  A first column of
    text, or under a name such as "id", is what the points are called.
    """
    sheet = sheet_of(source)
    if sheet is None:
        raise source.fault("no row of numbers is found")
    source.need(sheet.count)
    columns = _columns(sheet)
    names, X = sheet.columns(columns.names, columns.coordinates)
    labels = tuple(" ".join(row) for row in names) if columns.names else None
    counting = not (columns.note or source.told.coordinates) and X.shape[1] > 1
    if counting and any((X[:, 0] == np.arange(k, k + len(X))).all() for k in (0, 1)):
        note = "the first column counts the rows and was taken as a coordinate"
        return Content(None, None, columns.metric, X, labels, note)
    return Content(None, None, columns.metric, X, labels, columns.note)


def _columns(sheet: Sheet) -> Columns:
    """Which columns are what, by what is told, by their titles, or by where they are."""
    told, total = sheet.source.told, sheet.names + sheet.width
    usual = Columns(tuple(range(sheet.names, total)), tuple(range(sheet.names)))
    titles = sheet.titles or ("",) * total
    try:
        return chosen_columns(titles, usual, told.coordinates, told.label)
    except InputError as error:
        raise sheet.source.fault(str(error).rstrip(".?"), None) from error
