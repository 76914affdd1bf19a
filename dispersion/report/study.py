"""A study as its report sees it: rows with types, checked."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar

import pandas as pd

from dispersion.errors import InputError, shown
from dispersion.printable import printable
from dispersion.solution import TracePoint
from dispersion.study.embedding import Layers, read_layers
from dispersion.study.entries import UnfitError, check_row, number
from dispersion.study.reading import read_study
from dispersion.study.scores import TraceKey
from dispersion.study.selections import Method
from dispersion.study.tasks import AccuracyRow, NetworkRow, SolveRow

Row = TypeVar("Row", SolveRow, NetworkRow, AccuracyRow)


def _whole(value: Any) -> int:
    number = int(value)
    if number != float(value):
        raise ValueError(f"{value!r} is no whole number")
    return number


_READERS: dict[str, Callable[[Any], Any]] = {
    "int": _whole,
    "float": float,
    "str": lambda value: printable(str(value)),
    "bool": lambda value: {"True": True, "False": False}[str(value)],
}
_ABSENT = {"str": "", "bool": False}  # an empty text is an empty cell; earlier versions had no flags


@dataclass(frozen=True, eq=False)
class Study:
    """Everything a section may show.

    Attributes
    ----------
    name : str
        Of its folder.
    solves, networks, accuracies : list
        The rows of the tables.
    traces : dict of TraceKey to list of TracePoint
        In the order of time; empty if none were kept.
    selections : mapping of str to mapping of str to list of int
        Selected points by method (`str` of a `Method`) and instance.
    run : mapping
        The content of ``run.json``.
    layers : Layers or None
        The filters in the plane, if they were kept.
    warnings : tuple of str
        What was damaged and left out, a sentence each.
    """

    name: str
    solves: list[SolveRow]
    networks: list[NetworkRow] = field(default_factory=list)
    accuracies: list[AccuracyRow] = field(default_factory=list)
    traces: dict[TraceKey, list[TracePoint]] = field(default_factory=dict)
    selections: Mapping[str, Mapping[str, list[int]]] = field(default_factory=dict)
    run: Mapping[str, Any] = field(default_factory=dict)
    layers: Layers | None = None
    warnings: tuple[str, ...] = ()

    @property
    def model(self) -> str | None:
        """The network whose layers were the instances; `None` if they were none."""
        found: str | None = self.run.get("options", {}).get("subject", {}).get("model")
        return found

    def selected(self, method: Method, instance: str) -> list[int] | None:
        """The points that a method selected of an instance."""
        return self.selections.get(str(method), {}).get(instance)


def read(folder: Path) -> Study:
    """Read and check the folder of a study.

    Raises
    ------
    InputError
        It is none, or a file in it is damaged; the message names file, column and value.
    """
    frames = read_study(folder)
    return Study(
        name=folder.resolve().name,
        solves=rows(SolveRow, frames.solves, "solves"),
        networks=rows(NetworkRow, frames.networks, "networks"),
        accuracies=rows(AccuracyRow, frames.accuracies, "accuracies"),
        traces=_traces(frames.traces),
        selections=_selections(frames.selections),
        run=_run(frames.run),
        layers=_layers(read_layers(folder)),
        warnings=frames.warnings,
    )


def rows(kind: type[Row], frame: pd.DataFrame, name: str) -> list[Row]:
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
        if one.name in frame:
            columns[one.name] = _values(frame[one.name], str(one.type), name)
        elif one.default is dataclasses.MISSING:
            raise InputError(f"{name} of this study has no column {one.name!r}; it cannot be reported.")
    lines = zip(*columns.values(), strict=True)
    found = [kind(**dict(zip(columns, line, strict=True))) for line in lines]
    for k, row in enumerate(found, 1):
        try:
            check_row(row)
        except UnfitError as error:
            raise InputError(f"{name} of this study, row {k}: {error}.") from error
    return found


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


def _traces(frame: pd.DataFrame) -> dict[TraceKey, list[TracePoint]]:
    found: dict[TraceKey, list[TracePoint]] = {}
    if frame.empty:
        return found
    wanted = {"instance": "str", "p": "int", "solver": "str", "seed": "int", "seconds": "float"}
    wanted |= {"objective": "float | None", "bound": "float | None"}
    if missing := wanted.keys() - set(frame):
        raise InputError(f"traces of this study have no column {min(missing)!r}.")
    columns = [_values(frame[name], kind, "traces") for name, kind in wanted.items()]
    for instance, p, solver, seed, seconds, objective, bound in zip(*columns, strict=True):
        point = TracePoint(seconds, objective, bound)
        found.setdefault(TraceKey(instance, p, solver, seed), []).append(point)
    for points in found.values():
        points.sort(key=lambda point: point.seconds)
    return found


def _layers(found: Layers | None) -> Layers | None:
    """The same under names as rows have them."""
    if found is None:
        return None
    named = {printable(name): one for name, one in found.embeddings.items()}
    return Layers(named, None if found.first is None else printable(found.first), found.kernels)


def _run(content: Mapping[str, Any]) -> Mapping[str, Any]:
    """``run.json`` as it is, if what sections look into has the shape they expect."""
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


def _selections(content: Mapping[str, Any]) -> Mapping[str, Mapping[str, list[int]]]:
    for method, kept in content.items():
        lists = kept.values() if isinstance(kept, dict) else [None]
        if not all(isinstance(some, list) and all(type(k) is int for k in some) for some in lists):
            raise InputError(
                f"selections.json: {shown(method)} holds something else than lists of points."
            )
    return {
        printable(method): {printable(name): points for name, points in kept.items()}
        for method, kept in content.items()
    }
