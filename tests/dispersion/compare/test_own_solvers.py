"""Solvers of the user's own in the command: ``--solvers package.module:function``."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pandas as pd
import pytest

MODULE = '''
import os

from solvers import Guarantee, Run, solver


@solver("best", objective="max-min", guarantee=Guarantee.HEURISTIC, summary="draws", stochastic=True)
def best(run: Run, *, count: int = 5) -> None:
    """The best of a few random selections."""
    for _ in range(count):
        run.report_incumbent(run.rng.choice(run.instance.n, size=run.instance.p, replace=False))
    run.message = f"in process {os.getpid()}"
'''
INSTANCE = ("--instance", "generate:geo:n=20,p=4,seed=1")


def compare(
    folder: Path, *arguments: str, path: str = "", flags: tuple[str, ...] = ()
) -> tuple[int, str]:
    """Exit code and errors of the command, started in a folder; `path` goes before PYTHONPATH."""
    known = os.pathsep.join(filter(None, [path, str(Path(__file__).parents[3])]))
    done = subprocess.run(
        [sys.executable, *flags, "-m", "dispersion.compare", *INSTANCE, *arguments],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": known},
        capture_output=True,
        text=True,
    )
    return done.returncode, done.stderr


def rows(folder: Path) -> pd.DataFrame:
    return pd.read_parquet(folder / "out" / "solves.parquet")


@pytest.fixture
def module(tmp_path: Path) -> Path:
    """A file of the user's in a package of the user's."""
    package = tmp_path / "mine"
    package.mkdir()
    (package / "solvers_of_mine.py").write_text(MODULE)
    return package / "solvers_of_mine.py"


NAME = "mine.solvers_of_mine:best"


@pytest.mark.parametrize("flags", [(), ("-P",)], ids=["as a module", "as an installed command"])
def test_a_file_in_the_current_folder(module: Path, tmp_path: Path, flags: tuple[str, ...]) -> None:
    """Each of its seeds is solved in a worker process, beside a solver of ours."""
    arguments = ("--solvers", "greedy", NAME, "--jobs", "2", "--out", "out")
    code, told = compare(tmp_path, *arguments, flags=flags)
    assert (code, "no contradictions" in told) == (0, True), told
    own = rows(tmp_path).query("solver == @NAME")
    assert (own.status == "feasible").all()
    assert sorted(own.seed) == [0, 1, 2]
    assert own.message.nunique() == 3  # nobody knows that it leaves no traces


def test_a_file_on_the_path(module: Path, tmp_path: Path) -> None:
    """From another folder; ``all`` does not leave it out."""
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    arguments = ("--solvers", "random", "solvers_of_mine:best", "--out", "out")
    code, told = compare(elsewhere, *arguments, path=str(module.parent))
    assert code == 0, told
    assert set(rows(elsewhere).solver) == {"random", "solvers_of_mine:best"}


def test_parameters_make_variants(module: Path, tmp_path: Path) -> None:
    """Of a solver of the user's and of one of ours, side by side, each by its whole name."""
    names = (NAME, f"{NAME}:count=50", "tabu:patience=5", "tabu:patience=7")
    arguments = ("--solvers", *names, "--out", "out", "--random-seeds", "1")
    code, told = compare(tmp_path, *arguments)
    assert code == 0, told
    solves = rows(tmp_path).set_index("solver").objective
    assert set(solves.index) == set(names)
    assert solves[f"{NAME}:count=50"] >= solves[NAME]


def test_answers_of_an_older_file_are_not_taken(module: Path, tmp_path: Path) -> None:
    """The same command again solves nothing; after a change it wants another folder."""
    arguments = ("--solvers", "random", NAME, "--out", "out", "--random-seeds", "1")
    assert compare(tmp_path, *arguments)[0] == 0
    assert "2 of 2 solves are in out already" in compare(tmp_path, *arguments)[1]
    module.write_text(MODULE.replace("int = 5", "int = 50"))
    code, told = compare(tmp_path, *arguments)
    assert code == 2
    assert f"out holds solves that this command does not ask for (1), such as {NAME}" in told


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (("--solvers", "nowhere:best"), "there is no module 'nowhere' to take the solver"),
        (("--solvers", NAME + "t"), "has no function 'bestt'"),
        (("--solvers", f"{NAME}:cuont=3"), "unknown argument of mine.solvers_of_mine:best 'cuont'"),
        (("--solvers", "os:getcwd"), "'os:getcwd' is no solver yet: decorate the function"),
        (
            ("--objective", "max-sum", "--solvers", NAME),
            "but the objective is max-sum",
        ),
    ],
)
def test_mistakes_are_one_sentence(
    module: Path, tmp_path: Path, arguments: tuple[str, ...], told: str
) -> None:
    """With exit code 2, before anything is solved."""
    code, errors = compare(tmp_path, *arguments)
    assert code == 2
    assert told in errors
    assert errors.count("\n") == 1
