"""The command line of the report."""

import json
import re
from pathlib import Path

import pytest

from dispersion.report import command
from dispersion.report.command import main


def test_the_page_is_made_anew(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """It is written beside the tables, its path is said, and twice the same is the same."""
    assert main([str(folder)]) == 0
    path = folder / "report.html"
    out, err = capsys.readouterr()
    assert err == f"report in {path}\n"
    for title in ("Every instance, every solver", "Solvers over all instances", "Pruned networks"):
        assert title in out
    assert (folder / "gap-against-time.png").read_bytes().startswith(b"\x89PNG")
    first = path.read_text()
    assert main([str(folder)]) == 0
    assert path.read_text() == first
    assert not [path for path in folder.iterdir() if path.name.startswith(".part")]


@pytest.mark.parametrize("arguments", [[], [""], ["nowhere"], ["a", "b"], ["--unknown", "x"]])
def test_bad_input_is_one_sentence_and_exit_code_2(
    arguments: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    """No traceback, nothing on standard output."""
    assert main(arguments) == 2
    out, err = capsys.readouterr()
    assert out == ""
    assert re.fullmatch(r"error: [^\n]+\n", err)


def test_what_is_printed_can_be_read_by_programs(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """JSON holds all solves and networks, and nothing else is on standard output."""
    assert main([str(folder), "--format", "json"]) == 0
    content = json.loads(capsys.readouterr().out)
    assert (len(content["solves"]), len(content["networks"])) == (12, 6)


def test_trace_files_for_paver(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """One a solver, where they were asked for; a place that cannot be had is one sentence."""
    place = folder.parent / "traces"
    assert main([str(folder), "--paver", str(place)]) == 0
    assert f"trace files in {place}\n" in capsys.readouterr().err
    assert "clique.trc" in {path.name for path in place.iterdir()}
    assert main([str(folder), "--paver", str(folder / "run.json")]) == 2
    assert re.fullmatch(r"error: cannot make the folder [^\n]+\n", capsys.readouterr().err)


def test_damage_leaves_the_earlier_page(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A file that cannot be read costs nothing that is there."""
    assert main([str(folder)]) == 0
    before = (folder / "report.html").read_text()
    (folder / "run.json").write_text("{")
    assert main([str(folder)]) == 2
    assert "run.json cannot be read" in capsys.readouterr().err
    assert (folder / "report.html").read_text() == before


def test_a_full_disk(
    folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """What cannot be written is said, and no half of it stays."""

    def full(*_: object, **__: object) -> int:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "write_text", full)
    assert main([str(folder)]) == 2
    out, err = capsys.readouterr()
    assert "report.html: No space left on device" in err
    assert out == ""
    assert not (folder / "report.html").exists()


def test_help_says_the_exit_codes() -> None:
    """Everything the command can end with is in its help."""
    assert "exit codes: 0" in command.parser().format_help()
