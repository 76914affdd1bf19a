"""A folder that others may write to, or delete, while the command works in it."""

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from dispersion.compare.stages import EXIT_INPUT, EXIT_INTERRUPTED
from dispersion.report.command import main as report
from dispersion.study.execution import solving
from dispersion.study.folder.store import Store
from dispersion.study.folder.study_log import JOURNAL
from dispersion.study.reading import read_study

Run = Callable[..., Any]  # of conftest.py


def interrupt(*_: object) -> None:
    raise KeyboardInterrupt


@pytest.mark.usefixtures("_inline")
def test_ctrl_c_takes_nothing_from_another(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Before anything is solved, by whomever, the journal and the record of the other one stay."""
    other = Store(tmp_path / "out")
    other.enter()
    other.study_log.begin({}, {})
    other.write_json("run", {"outcome": "running"})
    journal = (tmp_path / "out" / JOURNAL).read_bytes()
    monkeypatch.setattr(solving, "executor_of", interrupt)
    assert run("--solvers", "greedy").code == EXIT_INTERRUPTED
    assert (tmp_path / "out" / JOURNAL).read_bytes().startswith(journal)
    assert json.loads((tmp_path / "out" / "run.json").read_text())["outcome"] == "running"
    (tmp_path / "out" / "run.json").unlink()
    other.close()
    assert not (tmp_path / "out").exists()


def delete_journal(folder: Path) -> None:
    (folder / JOURNAL).unlink()


def delete_everything(folder: Path) -> None:
    shutil.rmtree(folder)


@pytest.mark.usefixtures("_inline")
@pytest.mark.parametrize("harm", [delete_journal, delete_everything])
@pytest.mark.parametrize("when", ["solving", "testing"])
def test_what_is_deleted_is_said_and_written_again(
    harm: Callable[[Path], None], when: str, run: Run, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """No result is lost, and the exit code is not that of a run without trouble."""
    from pruning import evaluation

    step, evaluate, due = solving._step, evaluation.evaluate, [when]

    def deletes(stage: str) -> None:
        if due == [stage]:
            due.clear()
            harm(tmp_path / "out")

    def stepped(*given: Any) -> None:
        step(*given)
        deletes("solving")

    def evaluated(*given: Any, **how: Any) -> Any:
        deletes("testing")
        return evaluate(*given, **how)

    monkeypatch.setattr(solving, "_step", stepped)
    monkeypatch.setattr(evaluation, "evaluate", evaluated)
    done = run("--solvers", "greedy", "clique")
    assert done.code == EXIT_INPUT
    assert done.err.count("was deleted or cut while the study ran") == 1
    assert "Traceback" not in done.err
    study = read_study(done.folder)
    assert study.warnings == ()
    assert list(study.frame("solves")["solver"]) == ["greedy", "clique"]
    assert list(study.frame("networks")["method"]) == ["unpruned", "greedy", "clique"]
    for name in ("solves.csv", "traces.csv", "networks.csv", "selections.json", "study.toml"):
        assert (done.folder / name).exists(), name
    assert "report.html" in done.files
    assert list(done.table("solves")["solver"]) == ["greedy", "clique"]
    monkeypatch.undo()
    again = run("--solvers", "greedy", "clique")
    assert (again.code, "2 of 2 solves are in" in again.err) == (0, True)


@pytest.mark.parametrize(
    ("out", "told"),
    [
        ("", "argument --out: a file or folder is needed, got ''; see --help."),
        ("site", "site is not the folder of a study, and holds 'report.html'; choose another folder"),
        ("linked", "linked/log.txt is a link, and a study writes through none; remove it, or choose"),
    ],
)
def test_no_folder_of_somebody_else(out: str, told: str, run: Run, tmp_path: Path) -> None:
    """One sentence, and every file there is as it was."""
    (tmp_path / "site").mkdir()
    (tmp_path / "site" / "report.html").write_text("mine")
    Store(tmp_path / "linked").study_log.begin({}, {})
    (tmp_path / "linked" / "log.txt").symlink_to(tmp_path / "site" / "report.html")
    before = sorted(tmp_path.rglob("*"))
    done = run("--solvers", "greedy", "--out", out)
    assert done.code == EXIT_INPUT
    assert done.err.startswith(f"error: {told}")
    assert done.err.count("\n") == 1
    assert sorted(tmp_path.rglob("*")) == before
    assert (tmp_path / "site" / "report.html").read_text() == "mine"


@pytest.mark.usefixtures("_inline")
def test_a_report_writes_through_no_link(run: Run, tmp_path: Path) -> None:
    """A link in the place of the page or of a scratch file is replaced or passed over."""
    folder = run("--solvers", "greedy").folder
    precious = tmp_path / "precious"
    precious.write_text("precious")
    for name in ("report.html", "gap-against-time.png"):
        (folder / name).unlink()
        (folder / name).symlink_to(precious)
        (folder / f".part-{name}").symlink_to(precious)
    assert report([str(folder)]) == 0
    assert precious.read_text() == "precious"
    assert (folder / "report.html").read_text(encoding="utf-8").startswith("<!doctype html>")
    assert not (folder / "report.html").is_symlink()
