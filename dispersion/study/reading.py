"""A study read back from its folder, for reports and for notebooks."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd

from dispersion.errors import InputError
from dispersion.study.tasks import COLUMNS, AccuracyRow, NetworkRow, SolveRow, TraceRow

Row = type[SolveRow] | type[NetworkRow] | type[AccuracyRow] | type[TraceRow]


@dataclass(frozen=True, eq=False)
class Study:
    """Everything that a study left in its folder.

    Attributes
    ----------
    folder : Path
        Where it was read.
    solves, networks, accuracies, traces : DataFrame
        Rows as `SolveRow`, `NetworkRow`, `AccuracyRow` and `TraceRow` describe them; empty, with their
        columns, where nothing of the kind was done.
    selections : dict
        By method and instance, the indices of the chosen points, as in ``selections.json``.
    run : dict
        The content of ``run.json``; empty if the study died before it was written.
    warnings : tuple of str
        What was damaged and left out, one sentence each.
    """

    folder: Path
    solves: pd.DataFrame
    networks: pd.DataFrame
    accuracies: pd.DataFrame
    traces: pd.DataFrame
    selections: dict[str, dict[str, list[int]]]
    run: dict[str, Any]
    warnings: tuple[str, ...] = ()


def read_study(folder: Path) -> Study:
    """Read what a study left, finished or not.

    Parameters
    ----------
    folder : Path
        What ``--out`` named.

    Returns
    -------
    Study
        Its rows, selections and record.

    Raises
    ------
    InputError
        There is no study in the folder, or nothing of a table can be read.
    """
    if not (folder / "run.json").is_file() and not (folder / "solves.csv").is_file():
        raise InputError(f"{folder} holds no results; name a folder that --out has named before.")
    warnings: list[str] = []
    return Study(
        folder,
        solves=_table(folder, SolveRow, warnings),
        networks=_table(folder, NetworkRow, warnings),
        accuracies=_table(folder, AccuracyRow, warnings),
        traces=_table(folder, TraceRow, warnings),
        selections=_json(folder / "selections.json"),
        run=_json(folder / "run.json"),
        warnings=tuple(warnings),
    )


def frame_of(kind: Row, rows: Sequence[Any]) -> pd.DataFrame:
    """Rows of one kind as a table with all of its columns."""
    return pd.DataFrame([dataclasses.asdict(row) for row in rows], columns=COLUMNS[kind])


def _table(folder: Path, kind: Row, warnings: list[str]) -> pd.DataFrame:
    """The Parquet file; the CSV file where that is damaged; without either, no rows."""
    parquet = folder / f"{kind.table}.parquet"
    text = parquet.with_suffix(".csv")
    if parquet.is_file():
        try:
            return _with_columns(pd.read_parquet(parquet), kind)
        except (OSError, ValueError) as error:  # pyarrow's errors are ValueErrors
            warnings.append(f"{parquet} cannot be read ({error}); {text.name} is taken in its place.")
    if text.is_file():
        try:
            return _with_columns(pd.read_csv(text), kind)
        except (OSError, ValueError) as error:
            raise InputError(
                f"{text} cannot be read ({error}); nothing of this table is left."
            ) from error
    if parquet.is_file():
        raise InputError(f"{parquet} cannot be read, and there is no {text.name}; solve again.")
    return frame_of(kind, [])


def _with_columns(frame: pd.DataFrame, kind: Row) -> pd.DataFrame:
    """Add what earlier versions did not write, as absent."""
    known = COLUMNS[kind]
    return frame.reindex(columns=[*known, *(name for name in frame.columns if name not in known)])


def _json(path: Path) -> dict[str, Any]:
    if not path.is_file():
        return {}
    try:
        return dict(json.loads(path.read_text()))
    except (OSError, ValueError) as error:
        raise InputError(f"{path} cannot be read ({error}); run the study again.") from error
