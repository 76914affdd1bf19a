"""Files are whole or absent, and an earlier run is never touched."""

import csv
import dataclasses
import errno
import json
import os
import shutil
import warnings
from collections.abc import Callable
from pathlib import Path

import pandas as pd
import pytest
from matplotlib.figure import Figure
from PIL import Image

from dispersion.errors import InputError, UnavailableError
from dispersion.study.folder.store import Store
from dispersion.study.rows import COLUMNS, NetworkRow, SolveRow

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
    store.write_solves(rows)
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
    store.write_networks(rows)
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
    store.write_solves([])
    assert list(pd.read_csv(store.folder / "solves.csv").columns) == COLUMNS[SolveRow]
    assert list(pd.read_parquet(store.folder / "solves.parquet").columns) == COLUMNS[SolveRow]


def test_records_are_json(store: Store) -> None:
    """Paths and other things JSON does not know are written as text."""
    store.write_json("run", {"out": Path("a/b"), "n": 1, "absent": None})
    text = (store.folder / "run.json").read_text()
    assert json.loads(text) == {"out": "a/b", "n": 1, "absent": None}
    assert text.endswith("}\n")


def test_pictures_are_png(store: Store) -> None:
    """A figure becomes a real PNG."""
    figure = Figure(figsize=(4, 2))
    figure.subplots()
    store.write_picture("gap.png", figure)
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
    store.write_solves([solve_row()])
    with pytest.raises(UnavailableError, match=r"cannot write .*run\.json: No space left on device"):
        store.save("run.json", lambda _: Path("/dev/full").write_text("x"))
    assert names(store) == ["solves.csv", "solves.parquet"]
    assert len(pd.read_parquet(store.folder / "solves.parquet")) == 1


def test_a_file_appears_only_when_complete(store: Store) -> None:
    """While a file is being written it lies in a folder that nobody else can write to."""
    seen: list[Path] = []

    def write(path: Path) -> None:
        assert names(store) == [path.parent.name, *(["file.txt"] if seen else [])]
        assert path.parent.stat().st_mode & 0o077 == 0
        seen.append(path)
        path.write_text("")

    for _ in range(2):
        store.save("file.txt", write)
    assert names(store) == ["file.txt"]
    assert seen[0].parent.name != seen[1].parent.name


def test_the_folder_is_made_with_its_parents(tmp_path: Path) -> None:
    """Any depth of folder can be named, and nothing is left of the check that it can be written."""
    store = Store(tmp_path / "a" / "b" / "c")
    assert names(store) == []


def test_an_earlier_run_is_refused(store: Store) -> None:
    """A folder with results but no journal is named and left alone."""
    store.write_json("run", {})
    with pytest.raises(
        InputError, match=r"out holds the results of an earlier run, and no journal .* --out"
    ):
        Store(store.folder)
    assert names(store) == ["run.json"]


@pytest.mark.parametrize("name", ["report.html", "solves.csv", "log.txt", "notes"])
def test_a_folder_of_something_else_is_refused(name: str, tmp_path: Path) -> None:
    """What was found is named, and stays as it is; a study would overwrite it, or the next file."""
    folder = tmp_path / "site"
    folder.mkdir()
    (folder / name).write_text("mine")
    told = (
        rf"{folder} is not the folder of a study, and holds '{name}'; choose another folder with --out"
    )
    with pytest.raises(InputError, match=told):
        Store(folder)
    (folder / "z").mkdir()
    with pytest.raises(InputError, match=rf"holds '{name}' and 1 more; "):
        Store(folder)
    assert (folder / name).read_text() == "mine"
    assert sorted(path.name for path in folder.iterdir()) == sorted([name, "z"])


def test_what_is_no_obstacle(tmp_path: Path) -> None:
    """Hidden files, the config of the study itself, and what a run that was killed at once has left."""
    (tmp_path / ".gitkeep").write_text("")
    (tmp_path / "study.toml").write_text("p = 5\n")
    Store(tmp_path).close()
    (tmp_path / ".lock").write_text("")
    (tmp_path / "log.txt").write_text("begun\n")
    Store(tmp_path).close()
    assert (tmp_path / "study.toml").read_text() == "p = 5\n"


@pytest.mark.parametrize("name", ["journal.jsonl", "log.txt", ".lock", ".locks"])
@pytest.mark.parametrize("target", ["file", "folder", "absent"])
def test_a_planted_link_is_refused(name: str, target: str, store: Store, tmp_path: Path) -> None:
    """Of files that are opened to go on, none may be a link; what it leads to stays as it is."""
    store.study_log.begin({}, {})  # the folder of a study
    elsewhere = tmp_path / "elsewhere"
    if target == "file":
        elsewhere.write_text("precious")
    elif target == "folder":
        elsewhere.mkdir()
    path = store.folder / name
    if path.is_dir():
        shutil.rmtree(path)
    path.unlink(missing_ok=True)
    path.symlink_to(elsewhere)
    if name == "journal.jsonl":
        assert not (store.folder / "run.json").exists()
    with pytest.raises(
        InputError, match=rf"{path} is a link, and a study writes through none|it is a l"
    ):
        Store(store.folder)
    assert not elsewhere.is_file() or elsewhere.read_text() == "precious"
    assert not elsewhere.is_dir() or list(elsewhere.iterdir()) == []
    assert target != "absent" or not elsewhere.exists()


@pytest.mark.parametrize("name", ["run.json", "report.html", ".part-run.json", ".write-test"])
def test_a_link_in_the_way_is_replaced_or_passed_over(name: str, store: Store, tmp_path: Path) -> None:
    """Files that are made anew replace the link itself; names of scratch files cannot be guessed."""
    precious = tmp_path / "precious"
    precious.write_text("precious")
    store.study_log.begin({}, {})
    (store.folder / name).symlink_to(precious)
    again = Store(store.folder)
    for made in ("run.json", "report.html"):
        again.save(made, lambda path: path.write_text("new"))
        assert (again.folder / made).read_text() == "new"
        assert not (again.folder / made).is_symlink()
    assert precious.read_text() == "precious"


@pytest.mark.parametrize("number", [errno.ENOSYS, errno.EOPNOTSUPP, errno.ENOLCK])
def test_a_file_system_without_locks_is_refused(
    number: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One sentence, before anything is computed."""

    def none(*_: object) -> None:
        raise OSError(number, os.strerror(number))

    with monkeypatch.context() as patch, warnings.catch_warnings():
        patch.setattr("fcntl.flock", none)
        with pytest.raises(InputError, match=rf"the file system of {tmp_path}.* has no locks"):
            Store(tmp_path / "out")
    assert not (tmp_path / "out").exists()


def test_nobody_clears_up_what_another_needs(tmp_path: Path) -> None:
    """Of two that have begun, the first to leave before anything is solved takes nothing away."""
    one, other = Store(tmp_path / "out"), Store(tmp_path / "out")
    for store in (one, other):
        store.enter()
        store.study_log.begin({}, {})
    other.write_json("run", {})
    assert not other.nothing_came()
    one.close()
    assert (tmp_path / "out" / "journal.jsonl").exists()
    assert (tmp_path / "out" / "run.json").exists()
    assert other.nothing_came()
    (tmp_path / "out" / "run.json").unlink()
    other.close()
    assert list((tmp_path / "out").iterdir()) == []  # which the first one made


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
        store.write_json("run", {})
    store.close()
    assert folder.exists() == stays
