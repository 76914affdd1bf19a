"""Files are whole or absent, and an earlier run is never touched."""

import csv
import dataclasses
import errno
import json
import os
from collections.abc import Callable
from pathlib import Path

import pandas as pd
import pytest
from matplotlib.figure import Figure
from PIL import Image

from dispersion.errors import InputError, UnavailableError
from dispersion.study.store import Store
from dispersion.study.tasks import COLUMNS, NetworkRow, SolveRow

Rows = Callable[..., SolveRow]


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return Store(tmp_path / "out")


def names(store: Store) -> list[str]:
    return sorted(path.name for path in store.folder.iterdir() if path.name != ".lock")


def test_solves_come_back_as_they_were(store: Store, solve_row: Rows) -> None:
    """CSV and Parquet hold every column of every row, to the last bit; absent is empty."""
    failed = solve_row(objective=None, bound=None, gap=None, metric=None, message='a "b",\nc')
    rows = [solve_row(), failed, solve_row(instance="features.4", seed=2**31 - 1)]
    store.solves(rows)
    assert names(store) == ["solves.csv", "solves.parquet"]
    with (store.folder / "solves.csv").open(newline="") as file:
        lines = list(csv.DictReader(file))
    parquet = pd.read_parquet(store.folder / "solves.parquet")
    assert list(lines[0]) == list(parquet.columns) == COLUMNS[SolveRow]
    for line, (_, stored), row in zip(lines, parquet.iterrows(), rows, strict=True):
        for name, value in dataclasses.asdict(row).items():
            assert (pd.isna(stored[name]) and value is None) or stored[name] == value, name
            text = line[name]
            assert (float(text) if isinstance(value, float) else text) == (
                "" if value is None else value if isinstance(value, float) else str(value)
            ), name


def test_networks_come_back_as_they_were(store: Store, network_row: Callable[..., NetworkRow]) -> None:
    """Without images the accuracies are empty, in both formats."""
    rows = [network_row(), network_row(method="greedy", accuracy_raw=None, accuracy_bn=None)]
    store.networks(rows)
    for frame in (
        pd.read_csv(store.folder / "networks.csv"),
        pd.read_parquet(store.folder / "networks.parquet"),
    ):
        assert list(frame.columns) == COLUMNS[NetworkRow]
        assert list(frame["macs"]) == [2000, 2000]
        assert frame["accuracy_raw"].isna().tolist() == [False, True]
        assert frame["accuracy_bn"][0] == 0.5


def test_no_rows_are_a_header(store: Store) -> None:
    """An interrupt before the first answer leaves tables with their columns."""
    store.solves([])
    assert list(pd.read_csv(store.folder / "solves.csv").columns) == COLUMNS[SolveRow]
    assert list(pd.read_parquet(store.folder / "solves.parquet").columns) == COLUMNS[SolveRow]


def test_records_are_json(store: Store) -> None:
    """Paths and other things JSON does not know are written as text."""
    store.record("run", {"out": Path("a/b"), "n": 1, "absent": None})
    text = (store.folder / "run.json").read_text()
    assert json.loads(text) == {"out": "a/b", "n": 1, "absent": None}
    assert text.endswith("}\n")


def test_pictures_are_png(store: Store) -> None:
    """A figure becomes a real PNG."""
    figure = Figure(figsize=(4, 2))
    figure.subplots()
    store.picture("gap.png", figure)
    with Image.open(store.folder / "gap.png") as image:
        image.load()
        assert (image.format, image.size) == ("PNG", (600, 300))


def broken_off(path: Path, error: BaseException) -> None:
    path.write_text("half of")
    raise error


@pytest.mark.parametrize("before", [None, "the whole of an earlier version"])
@pytest.mark.parametrize(
    ("error", "raised", "told"),
    [
        (OSError(errno.ENOSPC, os.strerror(errno.ENOSPC)), UnavailableError, "No space left on device"),
        (OSError("no number"), UnavailableError, "no number"),
        (KeyboardInterrupt("now"), KeyboardInterrupt, "now"),
        (TypeError("a defect"), TypeError, "a defect"),
    ],
)
def test_a_file_is_whole_or_absent(
    before: str | None,
    error: BaseException,
    raised: type[BaseException],
    told: str,
    store: Store,
) -> None:
    """Whatever breaks a file off, nothing of it is left, and its earlier version stays."""
    if before is not None:
        store.save("file.txt", lambda path: path.write_text(before))
    with pytest.raises(raised, match=told) as caught:
        store.save("file.txt", lambda path: broken_off(path, error))
    assert names(store) == ([] if before is None else ["file.txt"])
    assert before is None or (store.folder / "file.txt").read_text() == before
    if raised is UnavailableError:
        assert str(store.folder / "file.txt") in str(caught.value)


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs the device that is always full")
def test_a_disk_that_is_really_full(store: Store, solve_row: Rows) -> None:
    """The system's own refusal becomes one sentence; what was written before is whole."""
    store.solves([solve_row()])
    with pytest.raises(UnavailableError, match=r"cannot write .*run\.json: No space left on device"):
        store.save("run.json", lambda _: Path("/dev/full").write_text("x"))
    assert names(store) == ["solves.csv", "solves.parquet"]
    assert len(pd.read_parquet(store.folder / "solves.parquet")) == 1


def test_a_file_appears_only_when_complete(store: Store) -> None:
    """While a file is being written its name does not exist yet."""
    seen = []
    store.save("file.txt", lambda path: seen.append((path.name, names(store))) or path.write_text(""))
    assert seen == [(".part-file.txt", [])]
    assert names(store) == ["file.txt"]


def test_the_folder_is_made_with_its_parents(tmp_path: Path) -> None:
    """Any depth of folder can be named, and nothing is left of the check that it can be written."""
    store = Store(tmp_path / "a" / "b" / "c")
    assert names(store) == []


def test_an_earlier_run_is_refused(store: Store) -> None:
    """A folder with results is named and left alone; one with other files is taken."""
    (store.folder / "notes.txt").write_text("mine")
    again = Store(store.folder)
    again.record("run", {})
    with pytest.raises(
        InputError, match=r"out holds the results of an earlier run, and no journal .* --out"
    ):
        Store(store.folder)
    assert names(store) == ["notes.txt", "run.json"]


def test_unusable_folders_are_refused(tmp_path: Path) -> None:
    """A file in its place, a file above it, a place the system forbids, and a name too long."""
    file = tmp_path / "file"
    file.write_text("")
    for folder in (file, file / "below", Path("/proc/nothing"), tmp_path / ("x" * 300)):
        with pytest.raises(InputError, match=r"cannot write to the folder .*; .* --out") as caught:
            Store(folder)
        assert str(folder) in str(caught.value)


def test_a_read_only_folder_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A folder that exists but takes no files is refused before anything is computed."""

    def refuse(path: Path, *_: object) -> int:
        raise PermissionError(errno.EACCES, os.strerror(errno.EACCES), str(path))

    monkeypatch.setattr(Path, "write_text", refuse)
    with pytest.raises(InputError, match="Permission denied; choose another with --out"):
        Store(tmp_path)


@pytest.mark.parametrize(
    ("existed", "written", "stays"),
    [(False, False, False), (False, True, True), (True, False, True), (True, True, True)],
)
def test_a_folder_for_nothing_is_taken_away(
    existed: bool, written: bool, stays: bool, tmp_path: Path
) -> None:
    """Bad input leaves no empty folder behind, but a folder of the user's stays."""
    folder = tmp_path / "out"
    if existed:
        folder.mkdir()
    store = Store(folder)
    if written:
        store.record("run", {})
    store.close()
    assert folder.exists() == stays
