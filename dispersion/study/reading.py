"""A study read back from its folder."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from dispersion.errors import InputError, shown
from dispersion.study.folder.entries import Entries
from dispersion.study.folder.journal import Journal
from dispersion.study.folder.journal_entries import SolveEntry, entry_of
from dispersion.study.folder.layers import read_layers
from dispersion.study.folder.study_log import JOURNAL
from dispersion.study.folder.typed_tables import read_table
from dispersion.study.folder.validation import UnfitError, json_object, number
from dispersion.study.opening import content_of
from dispersion.study.refutations import refutations_of
from dispersion.study.rows import AccuracyRow, NetworkRow, SolveRow, TraceRow
from dispersion.study.selections import Method, of_json
from dispersion.study.study import Study

Lists = dict[str, dict[str, list[int]]]


def read_study(folder: Path | str) -> Study:
    """Read what a study left: finished or not, whole or damaged, of this version or an earlier one.

    Its journal is read, if there is one, and not the tables that were made of it.

    Parameters
    ----------
    folder : Path or str
        What ``--out``, or `run_study`'s `folder`, named.

    Returns
    -------
    Study
        Its rows, selections and record.

    Raises
    ------
    InputError
        There is no study in the folder, or a file in it is damaged so that nothing of a table can be
        read; the message names file, column and value.
    """
    folder = Path(folder)
    journal = Journal(folder / JOURNAL, check=entry_of)
    if journal.path.is_file():
        return _of_journal(folder, journal)
    if (folder / "run.json").is_file() or (folder / "solves.csv").is_file():
        return _of_tables(folder)
    raise InputError(f"{folder} holds no results; name a folder that --out has named before.")


def _of_journal(folder: Path, journal: Journal) -> Study:
    entries = Entries()
    try:
        entries.add(journal.news())
        journal.check_end()
    except OSError as error:
        raise InputError(f"{journal.path} cannot be read: {error.strerror}.") from error
    solves, networks = entries.solves_in_order(), entries.networks_in_order()
    return Study(
        folder.resolve().name,
        solves=[one.row for one in solves],
        networks=[one.row for one in networks],
        accuracies=[row for one in networks for row in one.accuracies],
        traces=[row for one in solves for row in one.trace_rows],
        selections={**_selections(solves), **_of_criteria(entries)},
        run=_run(folder),
        refutations=_refutations(solves),
        layers=read_layers(folder),
        warnings=tuple(journal.warnings),
    )


def _selections(solves: Sequence[SolveEntry]) -> Lists:
    lists: Lists = {}
    for one in solves:
        kept = lists.setdefault(str(Method.of_row(one.row)), {})
        if one.solution.selected is not None:
            kept[one.row.instance] = one.solution.selected.tolist()
    return lists


def _of_criteria(entries: Entries) -> Lists:
    return {method: entry.kept for method, entry in entries.selections.items()}


def _refutations(solves: Sequence[SolveEntry]) -> dict[str, dict[str, Any]]:
    content: dict[str, dict[str, Any]] = {}
    for one in solves:
        if one.solution.refutations:
            steps = refutations_of(one.solution)
            content.setdefault(str(Method.of_row(one.row)), {})[one.row.instance] = steps
    return content


def _of_tables(folder: Path) -> Study:
    warnings: list[str] = []
    return Study(
        folder.resolve().name,
        solves=read_table(folder, SolveRow, warnings),
        networks=read_table(folder, NetworkRow, warnings),
        accuracies=read_table(folder, AccuracyRow, warnings),
        traces=read_table(folder, TraceRow, warnings),
        selections=_lists(of_json(_json(folder / "selections.json"))),
        run=_run(folder),
        refutations=_json(folder / "refutations.json"),
        layers=read_layers(folder),
        warnings=tuple(warnings),
    )


def _lists(content: Mapping[str, Any]) -> Mapping[str, Mapping[str, list[int]]]:
    for method, kept in content.items():
        lists = kept.values() if isinstance(kept, dict) else [None]
        if not all(isinstance(some, list) and all(type(k) is int for k in some) for some in lists):
            raise InputError(
                f"selections.json: {shown(method)} holds something else than lists of points."
            )
    return content


def _json(path: Path) -> dict[str, Any]:
    if not path.is_file():
        return {}
    try:
        return json_object(content_of(path))
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) else error
        raise InputError(f"{path} cannot be read ({reason}); run the study again.") from error


def _run(folder: Path) -> Mapping[str, Any]:
    """``run.json`` as it is, if what is looked into has the shape that a study writes."""
    content = _json(folder / "run.json")
    options = content.get("options", {})
    inner = options if isinstance(options, dict) else {}
    for found, names, kind in (
        (content, ("options", "environment", "digests", "seconds"), dict),
        (inner, ("subject", "limits"), dict),
        (content, ("faults",), list),
    ):
        for name in names:
            if not isinstance(found.get(name, kind()), kind):
                raise InputError(f"run.json: {name!r} is {shown(found[name])}, which no study writes.")
    model, budget = inner.get("subject", {}).get("model"), inner.get("subject", {}).get("budget", [])
    if not (model is None or isinstance(model, str)):
        raise InputError(f"run.json: 'model' is {shown(model)}, which no study writes.")
    if not (isinstance(budget, list) and all(isinstance(one, str) for one in budget)):
        raise InputError(f"run.json: 'budget' is {shown(budget)}, which no study writes.")
    for stage, seconds in content.get("seconds", {}).items():
        try:
            number(stage, seconds)
        except UnfitError as error:
            raise InputError(
                f"run.json: {shown(stage)} took {shown(seconds)}, which is no number of seconds."
            ) from error
    return content
