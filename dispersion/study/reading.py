"""A study read back from its folder, for reports and for notebooks."""

from __future__ import annotations

import io
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pandas as pd

from dispersion.errors import InputError
from dispersion.printable import of_cell
from dispersion.study.entries import json_object
from dispersion.study.frames import Kind, frame_of, with_columns
from dispersion.study.journal import Journal
from dispersion.study.ledger import JOURNAL
from dispersion.study.opening import content_of
from dispersion.study.proofs import refutations_of
from dispersion.study.records import Records, SolveRecord, entry_of
from dispersion.study.selections import Method, of_json
from dispersion.study.tasks import AccuracyRow, NetworkRow, SolveRow, TraceRow


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
        By method and instance, the indices of the chosen points, counted from 0.
    run : dict
        The content of ``run.json``; empty if the study died before it was written.
    refutations : dict
        By method and instance, how bounds came down, as in ``refutations.json``.
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
    refutations: dict[str, dict[str, Any]] = field(default_factory=dict)
    warnings: tuple[str, ...] = ()


def read_study(folder: Path | str) -> Study:
    """Read what a study left: finished or not, whole or damaged, of this version or an earlier one.

    Its journal is read, if there is one, and not the tables that were made of it.

    Parameters
    ----------
    folder : Path or str
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
    folder = Path(folder)
    journal = Journal(folder / JOURNAL, check=entry_of)
    if journal.path.is_file():
        return _of_journal(folder, journal)
    if (folder / "run.json").is_file() or (folder / "solves.csv").is_file():
        return _of_tables(folder)
    raise InputError(f"{folder} holds no results; name a folder that --out has named before.")


def _of_journal(folder: Path, journal: Journal) -> Study:
    records = Records()
    try:
        records.add(journal.news())
        journal.check_end()
    except OSError as error:
        raise InputError(f"{journal.path} cannot be read: {error.strerror}.") from error
    solves, networks = records.solves_in_order(), records.networks_in_order()
    return Study(
        folder,
        solves=frame_of(SolveRow, [one.row for one in solves]),
        networks=frame_of(NetworkRow, [one.row for one in networks]),
        accuracies=frame_of(AccuracyRow, [row for one in networks for row in one.accuracies]),
        traces=frame_of(TraceRow, [row for one in solves for row in one.trace_rows]),
        selections={**_selections(solves), **_of_criteria(records)},
        run=_json(folder / "run.json"),
        refutations=_refutations(solves),
        warnings=tuple(journal.warnings),
    )


def _selections(solves: Sequence[SolveRecord]) -> dict[str, dict[str, list[int]]]:
    found: dict[str, dict[str, list[int]]] = {}
    for one in solves:
        kept = found.setdefault(str(Method.of_row(one.row)), {})
        if one.solution.selected is not None:
            kept[one.row.instance] = one.solution.selected.tolist()
    return found


def _of_criteria(records: Records) -> dict[str, dict[str, list[int]]]:
    return {method: record.kept for method, record in records.selections.items()}


def _refutations(solves: Sequence[SolveRecord]) -> dict[str, dict[str, Any]]:
    found: dict[str, dict[str, Any]] = {}
    for one in solves:
        if one.solution.refutations:
            steps = refutations_of(one.solution)
            found.setdefault(str(Method.of_row(one.row)), {})[one.row.instance] = steps
    return found


def _of_tables(folder: Path) -> Study:
    warnings: list[str] = []
    return Study(
        folder,
        solves=_table(folder, SolveRow, warnings),
        networks=_table(folder, NetworkRow, warnings),
        accuracies=_table(folder, AccuracyRow, warnings),
        traces=_table(folder, TraceRow, warnings),
        selections=of_json(_json(folder / "selections.json")),
        run=_json(folder / "run.json"),
        refutations=_json(folder / "refutations.json"),
        warnings=tuple(warnings),
    )


def _table(folder: Path, kind: Kind, warnings: list[str]) -> pd.DataFrame:
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


def _json(path: Path) -> dict[str, Any]:
    if not path.is_file():
        return {}
    try:
        return json_object(content_of(path))
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) else error
        raise InputError(f"{path} cannot be read ({reason}); run the study again.") from error
