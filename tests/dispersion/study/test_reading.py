"""What a study left is read back, be it of an earlier version, half done or damaged."""

import json
from collections.abc import Callable
from pathlib import Path

import pandas as pd
import pytest

from dispersion.errors import InputError
from dispersion.study.folder.store import Store
from dispersion.study.reading import read_study
from dispersion.study.rows import COLUMNS, AccuracyRow, NetworkRow, SolveRow, TraceRow

Rows = Callable[..., SolveRow]


@pytest.fixture
def folder(tmp_path: Path, solve_row: Rows) -> Path:
    """What earlier versions left: tables and records, without keys, traces and journal."""
    store = Store(tmp_path / "out")
    store.write_json("run", {"outcome": "complete"})
    store.write_solves([solve_row(), solve_row(solver="greedy", bound=None, gap=None)])
    store.write_json("selections", {"clique, keep 0.5, seed 0": {"features.0": [1, 2]}})
    for name in ("csv", "parquet"):
        path = store.folder / f"solves.{name}"
        old = (pd.read_csv if name == "csv" else pd.read_parquet)(path).drop(columns=["key", "shared"])
        old.to_csv(path, index=False) if name == "csv" else old.to_parquet(path, index=False)
    return store.folder


def test_folders_of_earlier_versions_are_read(folder: Path) -> None:
    """All there is, with every column of today; what they did not write is absent."""
    study = read_study(folder)
    assert list(study.frame("solves").columns) == COLUMNS[SolveRow]
    assert [row.solver for row in study.solves] == ["clique", "greedy"]
    assert {(row.key, row.repeat, row.dimension) for row in study.solves} == {("", 0, None)}
    assert study.selections == {"clique, keep 0.5, seed 0": {"features.0": [1, 2]}}
    assert study.run == {"outcome": "complete"}
    assert study.warnings == ()
    for kind in (NetworkRow, AccuracyRow, TraceRow):
        frame = study.frame(kind.table)
        assert frame.empty
        assert list(frame.columns) == COLUMNS[kind]


def test_a_truncated_parquet_file_is_replaced_by_its_csv(folder: Path) -> None:
    """One sentence says so; the rows are the same."""
    parquet = folder / "solves.parquet"
    parquet.write_bytes(parquet.read_bytes()[:-100])
    study = read_study(folder)
    assert [row.solver for row in study.solves] == ["clique", "greedy"]
    [said] = study.warnings
    assert str(parquet) in said
    assert "solves.csv is taken in its place" in said


def test_nothing_left_of_a_table_is_refused(folder: Path) -> None:
    """With Parquet and CSV both damaged, or one gone, a sentence says which."""
    (folder / "solves.parquet").write_bytes(b"PAR1")
    (folder / "solves.csv").write_text("")
    with pytest.raises(InputError, match=r"solves\.csv cannot be read"):
        read_study(folder)
    (folder / "solves.csv").unlink()
    with pytest.raises(
        InputError, match=r"solves\.parquet cannot be read, and there is no solves\.csv"
    ):
        read_study(folder)


def test_other_folders_are_refused(tmp_path: Path, folder: Path) -> None:
    """Neither an empty folder, nor none, nor a damaged record is a study."""
    for place in (tmp_path, tmp_path / "nowhere"):
        with pytest.raises(InputError, match="holds no results"):
            read_study(place)
    (folder / "run.json").write_text(json.dumps({"outcome": "complete"})[:-3])
    with pytest.raises(InputError, match=r"run\.json cannot be read"):
        read_study(folder)


@pytest.mark.parametrize("name", ["journal.jsonl", "run.json", "selections.json", "solves.csv"])
def test_links_are_not_read_through(name: str, folder: Path, tmp_path: Path) -> None:
    """A stranger's folder shows no file of yours, nor what stands in it."""
    (tmp_path / "secret").write_text('{"faults": ["secret"]}')
    (folder / "solves.parquet").unlink()
    (folder / name).unlink(missing_ok=True)
    (folder / name).symlink_to(tmp_path / "secret")
    with pytest.raises(
        InputError, match=f"{name} cannot be read.*a link, which is not followed"
    ) as told:
        read_study(folder)
    assert "secret" not in str(told.value)


def test_a_table_that_is_a_link_is_replaced_by_its_csv(folder: Path, tmp_path: Path) -> None:
    """As one that is damaged is."""
    (folder / "solves.parquet").rename(tmp_path / "elsewhere.parquet")
    (folder / "solves.parquet").symlink_to(tmp_path / "elsewhere.parquet")
    study = read_study(folder)
    assert "it is a link, which is not followed" in study.warnings[0]
    assert len(study.solves) == 2
