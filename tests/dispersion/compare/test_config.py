"""A study from a file through the whole command, and the log and the file that it leaves."""

import tomllib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from dispersion.compare.stages import EXIT_INPUT

Run = Callable[..., Any]  # of conftest.py
PLAN = 'instance = "generate:geo:n=12,p=4,seed=1"\nsolvers = ["greedy", "random"]\njobs = 1\n'


@pytest.fixture
def plan(tmp_path: Path) -> Path:
    """A config of two quick solvers on one instance."""
    path = tmp_path / "plan.toml"
    path.write_text(PLAN)
    return path


@pytest.mark.usefixtures("_inline")
def test_what_is_left_asks_for_the_same(run: Run, plan: Path, tmp_path: Path) -> None:
    """The config of the results, run again, gives the same rows."""
    columns = ["instance", "p", "solver", "seed", "objective", "bound"]
    first, second = tmp_path / "out", tmp_path / "again"
    assert run("--config", plan, "--seed", "5", "--out", first, plain=True).code == 0
    assert tomllib.loads((first / "study.toml").read_text())["seed"] == 5
    assert run("--config", first / "study.toml", "--out", second, plain=True).code == 0
    assert (first / "study.toml").read_text() == (second / "study.toml").read_text()
    left = [pd.read_parquet(folder / "solves.parquet")[columns] for folder in (first, second)]
    assert left[0].equals(left[1])


@pytest.mark.usefixtures("_inline")
def test_a_config_in_the_folder_of_results_stays_as_it_is(run: Run, tmp_path: Path) -> None:
    """A file of the user's with comments is not replaced by ours."""
    own = tmp_path / "out" / "study.toml"
    own.parent.mkdir()
    own.write_text(f"# mine\n{PLAN}")
    assert run("--config", own, "--out", own.parent, plain=True).code == 0
    assert own.read_text() == f"# mine\n{PLAN}"


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ("keeps = 0.5", "line 4 (keeps): unknown option 'keeps'; did you mean keep"),
        ("time-limit = 0", "line 4 (time-limit): the time limit must be more than 0 seconds"),
        ('known = "none.csv"', "line 4 (known): "),
    ],
)
def test_a_fault_is_told_with_its_line(run: Run, plan: Path, line: str, told: str) -> None:
    """In one sentence, be it found at once or later; exit code 2, and nothing is left behind."""
    plan.write_text(PLAN + line)
    done = run("--config", plan, "--out", plan.parent / "out", plain=True)
    assert done.code == EXIT_INPUT
    assert done.err.startswith(f"error: {plan}, ")
    assert told in done.err
    assert done.err.count("\n") == 1
    assert sorted(path.name for path in plan.parent.iterdir()) == ["plan.toml"]


@pytest.mark.usefixtures("_inline")
@pytest.mark.parametrize(
    ("switch", "lines"), [("-v", ["solving: 1/4", "results in"]), (None, ["results in"]), ("-q", [])]
)
def test_how_much_is_said(run: Run, plan: Path, switch: str | None, lines: list[str]) -> None:
    """Every step, the course of things, or nothing; the log holds every step each time."""
    done = run(
        "--config", plan, "--out", plan.parent / "out", *([switch] if switch else []), plain=True
    )
    assert all(line in done.err for line in lines)
    assert bool(done.err) == bool(lines)
    assert ("solving: 1/4" in done.err) == (switch == "-v")
    assert done.out
    log = (done.folder / "log.txt").read_text()
    assert all(f"solving: {k}/4, " in log for k in (1, 2, 3, 4))
    assert "results in" in log
