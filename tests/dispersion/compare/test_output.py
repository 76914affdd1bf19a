"""Where output goes, and what becomes of it there."""

import io
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from rich.console import Console

from dispersion import compare
from dispersion.compare import main, stages

Run = Callable[..., Any]  # of conftest.py


def stub(text: str) -> Callable[..., int]:
    """A command that prints `text` and is done."""

    def stubbed(session: object, output: Console) -> int:
        output.out(text)
        return 0

    return stubbed


def test_a_narrow_encoding_costs_a_character_at_most(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where standard output knows no plus-minus sign, the table is printed all the same."""
    monkeypatch.setattr(compare, "compare", stub("0.5000 ± 0.1000"))
    content = io.BytesIO()
    monkeypatch.setattr(sys, "stdout", io.TextIOWrapper(content, encoding="ascii"))
    assert main(["--out", str(tmp_path / "out")]) == 0
    sys.stdout.flush()
    assert content.getvalue() == b"0.5000 ? 0.1000\n"


def test_a_closed_standard_output_is_no_error(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """With standard output closed the files are what is wanted."""
    monkeypatch.setattr(compare, "compare", stub("nobody listens"))
    monkeypatch.setattr(sys, "stdout", None)
    assert main(["--out", str(tmp_path / "out")]) == 0


@pytest.mark.usefixtures("_inline")
def test_files_are_complete_before_anything_is_printed(
    run: Run, done: Any, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, everything: list[str]
) -> None:
    """A reader that leaves early, as `head` does, costs no file."""

    def leave(*_: object) -> None:
        raise SystemExit(1)

    monkeypatch.setattr(stages, "print_study", leave)
    with pytest.raises(SystemExit):
        run("--solvers", "clique")
    left = done(1, "", "", tmp_path / "out")
    assert left.files == [name for name in everything if "accurac" not in name]
    assert left.record["outcome"] == "complete"
