"""A folder of the user's that is called like a package of ours costs one sentence."""

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from dispersion.errors import InputError
from dispersion.terminal.shadows import refuse_shadow

ROOT = Path(__file__).parents[3]
ASKED = ["--instance", "generate:geo:n=12,p=3,seed=1", "--solvers", "greedy", "--out", "out"]


def empty_folder(place: Path) -> Path:
    place.mkdir()
    return place


def package(place: Path) -> Path:
    (empty_folder(place) / "__init__.py").write_text("raise SystemExit('run')")
    return place


def module(place: Path) -> Path:
    file = place.with_suffix(".py")
    file.write_text("raise SystemExit('run')")
    return file


@pytest.mark.parametrize("make", [package, module])
@pytest.mark.parametrize("command", [["compare", *ASKED], ["compare", "--help"], ["report", "out"]])
def test_one_sentence(make: Callable[[Path], Path], command: list[str], tmp_path: Path) -> None:
    """It names what hides the package, says what to do, and runs nothing of it."""
    hides = make(tmp_path / "solvers")
    done = start(command, tmp_path)
    assert done.returncode == 2, done.stderr
    assert done.stderr == (
        f"error: {hides} hides the package 'solvers' of p-dispersion; rename it, or start the command "
        "from another folder.\n"
    )
    assert not (tmp_path / "out").exists()


def start(command: list[str], folder: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", f"dispersion.{command[0]}", *command[1:]],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": str(ROOT), "OMP_NUM_THREADS": "1"},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


def test_what_is_not_needed_may_be_hidden(tmp_path: Path) -> None:
    """Instances are compared beside a folder ``pruning``; networks, and lists about them, are not."""
    hides = package(tmp_path / "pruning")
    assert start(["compare", *ASKED], tmp_path).returncode == 0
    for asked in (["--list", "criteria"], ["--model", "resnet56"]):
        done = start(["compare", *asked], tmp_path)
        assert done.returncode == 2
        assert done.stderr.startswith(f"error: {hides} hides the package 'pruning' of p-dispersion; ")
        assert done.stderr.count("\n") == 1


def test_a_folder_without_an_init(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Such a one hides the packages of an editable install, whose finder is asked last."""
    empty_folder(tmp_path / "solvers")
    monkeypatch.delitem(sys.modules, "solvers")
    monkeypatch.setattr(sys, "path", [str(tmp_path)])
    with pytest.raises(InputError, match=r"solvers hides the package 'solvers'"):
        refuse_shadow("solvers")
    monkeypatch.setattr(sys, "path", [str(ROOT)])
    refuse_shadow("solvers")
