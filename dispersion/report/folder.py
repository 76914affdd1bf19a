"""The files of a study, as frames."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd

from dispersion.errors import InputError


@dataclass(frozen=True, eq=False)
class Frames:
    """What a study's folder holds; an empty frame or mapping for a file that is not there.

    ``warnings`` say what was damaged and left out, a sentence each.
    """

    solves: pd.DataFrame
    networks: pd.DataFrame
    accuracies: pd.DataFrame
    traces: pd.DataFrame
    selections: Mapping[str, Any]
    run: Mapping[str, Any]
    warnings: tuple[str, ...] = ()


def read_frames(folder: Path) -> Frames:
    """Read the folder of a study.

    Raises
    ------
    InputError
        It is none, or one of its files cannot be read.
    """
    if not folder.is_dir():
        raise InputError(f"{folder} is no folder; give the one that --out named, or results/NAME-TIME.")
    if not (folder / "run.json").exists():
        raise InputError(f"{folder} is not the folder of a study: it holds no run.json.")
    if not (folder / "solves.csv").exists():
        raise InputError(f"{folder} holds no solves.csv: its study did not get as far as an answer.")
    return Frames(
        solves=_frame(folder, "solves"),
        networks=_frame(folder, "networks"),
        accuracies=_frame(folder, "accuracies"),
        traces=_frame(folder, "traces"),
        selections=_json(folder, "selections"),
        run=_json(folder, "run"),
    )


def _frame(folder: Path, name: str) -> pd.DataFrame:
    path = folder / f"{name}.csv"
    if not path.exists():
        return pd.DataFrame()
    try:
        return pd.read_csv(path, dtype=str, keep_default_na=False)  # "NA" is a name like any other
    except (ValueError, OSError) as error:  # pandas' parser errors are ValueErrors
        raise InputError(f"{path} cannot be read: {error}") from error


def _json(folder: Path, name: str) -> Mapping[str, Any]:
    path = folder / f"{name}.json"
    if not path.exists():
        return {}
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
    except (ValueError, OSError) as error:
        raise InputError(f"{path} cannot be read: {error}") from error
    if not isinstance(content, dict):
        raise InputError(f"{path} must hold an object, not a {type(content).__name__}.")
    return content
