"""Rows as pandas tables, with every column even where there is no row."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from typing import Any

import pandas as pd

from dispersion.study.tasks import COLUMNS, AccuracyRow, NetworkRow, SolveRow, TraceRow

Kind = type[SolveRow] | type[NetworkRow] | type[AccuracyRow] | type[TraceRow]


def frame_of(kind: Kind, rows: Sequence[Any]) -> pd.DataFrame:
    """Rows of one kind as a table."""
    return pd.DataFrame([dataclasses.asdict(row) for row in rows], columns=COLUMNS[kind])


def with_columns(kind: Kind, frame: pd.DataFrame) -> pd.DataFrame:
    """The table with what an earlier version did not write as absent; its own other columns stay."""
    known = COLUMNS[kind]
    return frame.reindex(columns=[*known, *(name for name in frame.columns if name not in known)])
