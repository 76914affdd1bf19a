"""Tables of earlier versions, or without a journal: frames become rows with types, checked."""

from __future__ import annotations

import dataclasses
import io
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import pandas as pd

from dispersion.errors import InputError
from dispersion.study.folder.frames import frame_of, with_columns
from dispersion.study.folder.validation import UnfitError, check_row
from dispersion.study.opening import content_of
from dispersion.study.rows import AccuracyRow, NetworkRow, SolveRow, TraceRow
from dispersion.terminal.printable import of_cell

Row = TypeVar("Row", SolveRow, NetworkRow, AccuracyRow, TraceRow)


def _whole(value: Any) -> int:
    number = int(value)
    if number != float(value):
        raise ValueError(f"{value!r} is no whole number")
    return number


_READERS: dict[str, Callable[[Any], Any]] = {
    "int": _whole,
    "float": float,
    "str": str,
    "bool": lambda value: {"True": True, "False": False}[str(value)],
}
_ABSENT = {"str": "", "bool": False}  # an empty text is an empty cell; earlier versions had no flags


def rows_of(kind: type[Row], frame: pd.DataFrame, name: str) -> list[Row]:
    """The lines of a frame as rows of a kind; columns that the kind does not know are left out.

    Raises
    ------
    InputError
        A column is missing, or a value is not of its type or out of range.
    """
    if frame.empty:
        return []
    columns = {}
    for one in dataclasses.fields(kind):
        if one.default is not dataclasses.MISSING and _empty(frame, one.name):
            continue  # an earlier version did not write it
        if one.name in frame:
            columns[one.name] = _values(frame[one.name], str(one.type), name)
        else:
            raise InputError(f"{name} of this study has no column {one.name!r}; it cannot be reported.")
    lines = zip(*columns.values(), strict=True)
    found = [kind(**dict(zip(columns, line, strict=True))) for line in lines]
    for k, row in enumerate(found, 1):
        try:
            if not isinstance(row, TraceRow):
                check_row(row)
        except UnfitError as error:
            raise InputError(f"{name} of this study, row {k}: {error}.") from error
    return found


def _empty(frame: pd.DataFrame, name: str) -> bool:
    return name not in frame or bool(frame[name].isna().all())


def _values(column: pd.Series[Any], kind: str, name: str) -> list[Any]:
    read_one = _READERS[kind.partition(" ")[0]]
    found: list[Any] = []
    for value in column.tolist():
        if not pd.isna(value) and value != "":
            try:
                found.append(read_one(value))
            except (TypeError, ValueError, OverflowError, KeyError) as error:
                raise InputError(
                    f"{name} of this study: {value!r} in column {column.name!r} is no {kind}."
                ) from error
        elif kind in _ABSENT:
            found.append(_ABSENT[kind])
        elif "None" in kind:
            found.append(None)
        else:
            raise InputError(f"{name} of this study: column {column.name!r} has an empty cell.")
    return found


def read_table(folder: Path, kind: type[Row], warnings: list[str]) -> list[Row]:
    """The rows of a table in a folder, checked; none if there is no such table.

    Parameters
    ----------
    folder : Path
        Of the study.
    kind : type
        Of its rows.
    warnings : list of str
        What is damaged and could be replaced is added to it.

    Raises
    ------
    InputError
        Nothing of the table can be read, or a value in it is not what a study writes.
    """
    return rows_of(kind, _frame(folder, kind, warnings), kind.table)


def _frame(folder: Path, kind: type[Row], warnings: list[str]) -> pd.DataFrame:
    """The Parquet file; the CSV file where that is damaged; without either, no rows."""
    parquet = folder / f"{kind.table}.parquet"
    text = parquet.with_suffix(".csv")
    if parquet.is_file():
        try:
            return with_columns(kind, pd.read_parquet(io.BytesIO(content_of(parquet))))
        except (OSError, ValueError) as error:  # pyarrow's errors are ValueErrors
            warnings.append(f"{parquet} cannot be read ({error}); {text.name} is taken in its place.")
    if text.is_file():
        try:
            frame = pd.read_csv(
                io.BytesIO(content_of(text)), keep_default_na=False, na_values=[""]
            )  # "NA" is a name
            return with_columns(kind, frame.map(of_cell))
        except (OSError, ValueError) as error:
            raise InputError(
                f"{text} cannot be read ({error}); nothing of this table is left."
            ) from error
    if parquet.is_file():
        raise InputError(f"{parquet} cannot be read, and there is no {text.name}; solve again.")
    return frame_of(kind, [])
