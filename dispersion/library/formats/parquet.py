"""Tables of pandas and others as Parquet."""

from __future__ import annotations

from typing import Any

from dispersion.arrays.columns import of_table
from dispersion.arrays.foreign import labels_of
from dispersion.errors import InputError
from dispersion.library.content import Content
from dispersion.library.formats import OF_POINTS, file_format
from dispersion.library.source import Source


def _recognises(source: Source) -> str:
    return "it begins as Parquet" if source.head.startswith(b"PAR1") else ""


@file_format(
    "parquet",
    summary="a table of points, or a square one of distances, as pandas.DataFrame.to_parquet",
    recognises=_recognises,
    takes=OF_POINTS,
)
def parquet(source: Source) -> Content:
    """Read a table.

    It holds distances if it has as many columns as rows, and nothing else is told of it; else points,
    as `dispersion.Instance.from_points` takes them of a table.
    """
    table = _table(source)
    told = source.told
    try:
        points, columns, labels = of_table(table, told.coordinates, told.label)
        assert columns is not None
        square = len(table) == len(table.columns) and not (columns.on_earth or told.coordinates)
        if square and told.label is None:
            return Content(table.to_numpy(), labels=labels_of(table))
    except InputError as error:
        raise source.fault(str(error).rstrip(".?")) from error
    return Content(None, None, columns.metric, points.to_numpy(), labels, columns.note)


def _table(source: Source) -> Any:
    """The table, once its size is known to be bearable."""
    import pyarrow
    from pyarrow import parquet as files

    try:
        source.need(files.read_metadata(source.path).num_rows)
        return files.read_table(source.path).to_pandas()
    except (pyarrow.ArrowException, OSError, KeyError) as error:
        reason = str(error).partition("\n")[0].rstrip(".")
        raise source.fault(f"it is no whole Parquet file: {reason}") from error
