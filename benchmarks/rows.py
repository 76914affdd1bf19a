"""Results as lines of a CSV file that a killed run can go on with."""

from __future__ import annotations

import csv
import dataclasses
import io
import os
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from dispersion.errors import InputError

if TYPE_CHECKING:
    from _typeshed import DataclassInstance

R = TypeVar("R", bound="DataclassInstance")

#: how a field is read, by its annotation; no other may be used
_READERS: dict[Any, Callable[[str], Any]] = {
    "str": str,
    "int": int,
    "float": float,
    "float | None": lambda text: float(text) if text else None,
}


def read_rows(path: Path, kind: type[R]) -> list[R]:
    """The rows in a file, none if there is no such file; a line that was cut short is removed.

    Parameters
    ----------
    path : Path
        The file.
    kind : type
        The data class of a row, with fields that are str, int, float, or float or `None`.

    Raises
    ------
    InputError
        The file holds something else.
    """
    if not path.exists():
        return []
    readers = {field.name: _READERS[field.type] for field in dataclasses.fields(kind)}
    content, header = path.read_bytes(), f"{','.join(readers)}\n".encode()
    if content[: len(header)] != header[: len(content)]:
        raise InputError(f"{path} holds no results of this script; name another file.")
    os.truncate(path, content.rfind(b"\n") + 1)  # a killed process may leave half a line
    if len(content) < len(header):
        return []
    with path.open(encoding="utf-8", newline="") as file:
        return [
            kind(**{name: readers[name](text) for name, text in values.items()})
            for values in csv.DictReader(file)
        ]


def append_row(path: Path, row: DataclassInstance) -> None:
    """Add a row to a file, which is made if it does not exist."""
    path.parent.mkdir(parents=True, exist_ok=True)
    new = not path.exists() or path.stat().st_size == 0
    line = io.StringIO(newline="")
    writer = csv.writer(line, lineterminator="\n")
    writer.writerows([*[[field.name for field in dataclasses.fields(row)]] * new])
    writer.writerow(dataclasses.astuple(row))
    with path.open("a", encoding="utf-8", newline="") as file:
        file.write(line.getvalue())  # in one piece
