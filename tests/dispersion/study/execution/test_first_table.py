"""A table appears before the engines have ended, but only if one would wait long for them."""

from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace

import pytest
from rich.console import Console

from dispersion.study import progress
from dispersion.study.execution.first_table import FirstTable
from dispersion.study.execution.turns import turns_of
from dispersion.study.folder.journal_entries import SolveEntry
from dispersion.study.folder.store import Store
from dispersion.study.rows import SolveRows
from dispersion.study.session import Session
from dispersion.study.task import Task
from solvers import solve

Tasks = Callable[..., Task]


@pytest.fixture
def said(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    lines: list[str] = []
    monkeypatch.setattr(Session, "say", lambda self, text, level=0: lines.append(text))
    return lines


def look_on(
    names: list[str], seconds: list[float], task: Tasks, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Let a table look on while these solvers end in turn, each after so many seconds."""
    clock = SimpleNamespace(now=0.0)
    monkeypatch.setattr(progress, "time", SimpleNamespace(monotonic=lambda: clock.now))
    tasks = [task(name) for name in names]
    turns = turns_of(tasks)
    table = FirstTable(Session(store=Store(folder / "out"), console=Console()), turns)
    steps, waiting = progress.Stage("solving", turns), dict(enumerate(tasks))
    answered: dict[int, SolveEntry] = {}
    for k, took in enumerate(seconds):
        clock.now += took
        solution = solve(tasks[k].instance, "greedy")
        answered[k] = SolveEntry(SolveRows(tasks).row(tasks[k], solution), solution, k)
        del waiting[k]
        steps.step("one", kind=turns[k])
        table.look(steps, waiting, answered)


@pytest.mark.parametrize(
    ("names", "seconds", "title"),
    [
        (["greedy", "tabu", "kuby", "kuby", "kuby"], [1, 1], None),  # nobody knows how long yet
        (["greedy", "tabu", "kuby", "kuby", "kuby"], [1, 1, 10.1, 10.1], "3 of 5"),
        (["greedy", "tabu", "kuby", "kuby", "kuby"], [1, 1, 9.9, 9.9, 9.9], None),
        (["greedy", "kuby", "kuby", "kuby", "tabu"], [1, 60, 60, 60], None),  # tabu is awaited
        (["greedy", "clique", "tabu"], [60, 60], None),
        (["kuby", "kuby", "cp-sat"], [60, 60], None),  # nobody else would be in it
    ],
)
def test_the_table_is_said_once_and_in_time(
    names: list[str],
    seconds: list[float],
    title: str | None,
    task: Tasks,
    tmp_path: Path,
    said: list[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """When only engines are left and more than twenty seconds of them; with a line for every solver."""
    look_on(names, seconds, task, tmp_path, monkeypatch)
    titles = [line for line in said if line.startswith("Solvers so far")]
    assert titles == ([] if title is None else [f"Solvers so far, {title} solves"])
    if title is not None:
        assert any(line.split()[:1] == ["greedy"] for line in said)
