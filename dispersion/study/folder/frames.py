"""Rows as pandas tables, with every column even where there is no row."""

from __future__ import annotations

import csv
import dataclasses
import io
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from dispersion.study.rows import COLUMNS, AccuracyRow, NetworkRow, SolveRow, TraceRow
from dispersion.terminal.printable import as_cell, encodable

if TYPE_CHECKING:
    import pandas as pd

Kind = type[SolveRow] | type[NetworkRow] | type[AccuracyRow] | type[TraceRow]


def frame_of(kind: Kind, rows: Sequence[Any]) -> pd.DataFrame:
    """Rows of one kind as a table, with texts that a file in UTF-8 can hold."""
    import pandas as pd  # not for a command that only prints its help

    lines = [dataclasses.asdict(row).items() for row in rows]
    cells = [{k: encodable(v) if isinstance(v, str) else v for k, v in line} for line in lines]
    return pd.DataFrame(cells, columns=COLUMNS[kind])


def with_columns(kind: Kind, frame: pd.DataFrame) -> pd.DataFrame:
    """The table with what an earlier version did not write as absent; its own other columns stay."""
    known = COLUMNS[kind]
    return frame.reindex(columns=[*known, *(name for name in frame.columns if name not in known)])


def write_csv(frame: pd.DataFrame, file: Path | io.StringIO) -> None:
    """Write a table as a CSV file; `printable.of_cell` makes its cells what they were.

    Texts that a spreadsheet would compute, such as the name ``=1+1``, begin with an apostrophe.
    """
    texts = frame.map(lambda cell: as_cell(cell) if isinstance(cell, str) else cell)
    bare = any(isinstance(cell, str) and "\r" in cell for cell in texts.to_numpy().flat)
    if bare:  # a carriage return would end the line
        texts.to_csv(file, index=False, quoting=csv.QUOTE_NONNUMERIC, lineterminator="\n")
    else:
        texts.to_csv(file, index=False, lineterminator="\n")
