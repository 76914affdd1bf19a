"""Nothing is solved twice, nothing finished is lost, and other studies are left alone."""

import errno
import io
import json
import os
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from rich.console import Console

from dispersion import Instance, Solution, Status
from dispersion.compare.cli.command_line import parse
from dispersion.compare.session import CommandSession as Session
from dispersion.compare.stages import solve_and_check
from dispersion.errors import InputError
from dispersion.study import session
from dispersion.study.execution import solving
from dispersion.study.execution.worker_main import failure
from dispersion.study.folder.store import Store
from dispersion.study.folder.study_log import JOURNAL
from dispersion.study.logs import spoken
from dispersion.study.reading import read_study
from dispersion.study.task import Task
from solvers import solve

Tasks = Callable[..., Task]
FOUR = ("greedy", "random", "tabu", "clique")


class Counting:
    """Solve in this process; `asked` are the solvers of the tasks it was given, `broken` fail."""

    shared = False

    def __init__(self) -> None:
        self.asked: list[str] = []
        self.broken: set[str] = set()
        self.most = 1_000_000

    def solve(self, tasks: Iterable[tuple[int, Task]]) -> Iterator[tuple[int, Solution]]:
        """Solve, up to so many."""
        for k, task in tasks:
            if len(self.asked) == self.most:
                raise KeyboardInterrupt
            self.asked.append(task.solver)
            bad = task.solver in self.broken
            yield k, failure(task, "no luck") if bad else solve(task.instance, task.solver)

    def close(self) -> None:
        """Nothing."""


@pytest.fixture
def executor(monkeypatch: pytest.MonkeyPatch) -> Counting:
    made = Counting()
    monkeypatch.setattr(solving, "executor_of", lambda *_: made)
    return made


@pytest.fixture
def study(tmp_path: Path, executor: Counting) -> Callable[..., Session]:
    """Solve and judge in one folder, as often as wanted; a session says what it said."""

    def run(tasks: Sequence[Task], *arguments: str) -> Session:
        console = Console(file=io.StringIO(), width=40)
        store = Store(tmp_path / "out")
        session = Session(options=parse(["--solvers", *FOUR, *arguments]), store=store, console=console)
        try:
            with spoken(console):
                session.rows = solve_and_check(session, tasks).checked.rows  # type: ignore[attr-defined]
        finally:
            store.close()
        return session

    return run


def said(session: Session) -> str:
    assert isinstance(session.console.file, io.StringIO)
    return session.console.file.getvalue()


def test_the_same_again_solves_nothing(
    study: Callable[..., Session], executor: Counting, task: Tasks, tmp_path: Path
) -> None:
    """The second run finds every answer, says so, and leaves journal and tables as they were."""
    tasks = [task(name) for name in FOUR]
    first = study(tasks)
    before = {path: path.read_bytes() for path in (tmp_path / "out").glob("*.csv")}
    lines = (tmp_path / "out" / JOURNAL).read_text().count("\n")
    again = study(tasks)
    assert executor.asked == list(FOUR)
    assert again.rows == first.rows
    assert {path: path.read_bytes() for path in before} == before
    assert (tmp_path / "out" / JOURNAL).read_text().count("\n") == lines + 1  # that it went on
    assert "4 of 4 solves are in" in said(again)
    assert (tmp_path / "out" / "traces.csv").exists()


def test_an_interrupted_study_goes_on(
    study: Callable[..., Session], executor: Counting, task: Tasks, tmp_path: Path
) -> None:
    """What was finished is not solved again; the end is as if nothing had happened."""
    tasks = [task(name) for name in FOUR]
    executor.most = 2
    assert study(tasks).interrupted
    executor.most = 100
    again = study(tasks)
    assert executor.asked == list(FOUR)
    assert [row.solver for row in again.rows] == list(FOUR)
    assert list(read_study(tmp_path / "out").frame("solves")["solver"]) == list(FOUR)


def test_more_can_be_asked_for(
    study: Callable[..., Session], executor: Counting, task: Tasks, instance: Instance, tmp_path: Path
) -> None:
    """Further solvers and sizes join in; the tables are those of a study that asked for all at once."""
    larger = instance.with_p(5)
    few = [task(name, keep=None) for name in ("random", "clique")]
    more = [task(name, on=on, keep=None) for on in (instance, larger) for name in FOUR]
    study(few)
    rows = study(more).rows
    assert sorted(executor.asked) == sorted([*FOUR, *FOUR])
    assert [(row.p, row.solver, row.keep) for row in rows] == [
        (p, name, None) for p in (4, 5) for name in FOUR
    ]


def test_another_study_is_refused(
    study: Callable[..., Session], task: Tasks, tmp_path: Path, instance: Instance
) -> None:
    """Whoever does not ask for what is there gets one sentence, and nothing is touched."""
    study([task("greedy"), task("random")])
    files = [path for path in (tmp_path / "out").iterdir() if path.is_file()]
    before = {path: path.read_bytes() for path in files}
    others = (
        [task("greedy")],
        [task("greedy"), task("random", seconds=2.0)],
        [task("greedy"), task("random", keep=0.51)],
        [replace(task("greedy"), memory=1.0), task("random")],
        [task("greedy"), task("random", on=instance.with_p(3))],
    )
    for other in others:
        with pytest.raises(InputError, match=r"out holds solves that this command does not ask for"):
            study(other)
    assert {path: path.read_bytes() for path in files} == before


def test_another_seed_joins(
    study: Callable[..., Session], executor: Counting, task: Tasks, tmp_path: Path
) -> None:
    """What differs by nothing but the seed stands beside it, in its place, and is not solved again."""
    study([task("greedy"), task("random"), task("random", seed=1), task("tabu")])
    rows = study([task("greedy"), task("random", seed=7), task("tabu", seed=7)]).rows
    assert executor.asked == ["greedy", "random", "random", "tabu", "random", "tabu"]
    both = [
        *(("greedy", 0), ("random", 7), ("random", 0), ("random", 1)),
        *(("tabu", 7), ("tabu", 0)),
    ]
    assert [(row.solver, row.seed) for row in rows] == both
    read = read_study(tmp_path / "out").frame("solves")
    assert list(zip(read["solver"], read["seed"], strict=True)) == both
    assert read["random_mean"].nunique() == 1  # one scale for all seeds of a question


@pytest.mark.parametrize("changes", [{"seconds": 2.0}, {"threads": 2}])
def test_another_seed_excuses_nothing_else(
    study: Callable[..., Session], task: Tasks, changes: dict[str, Any]
) -> None:
    """Other limits beside the seed are another study still."""
    study([task("random")])
    with pytest.raises(InputError, match=r"holds solves that this command does not ask for \(1\)"):
        study([task("random", seed=7, **changes)])


def test_failures_stay_unless_asked(
    study: Callable[..., Session], executor: Counting, task: Tasks
) -> None:
    """A failed solve is a row for good; with --retry-failures it is solved again."""
    tasks = [task(name) for name in FOUR]
    executor.broken = {"tabu", "random"}
    study(tasks)
    executor.broken = {"random"}
    assert [row.status for row in study(tasks).rows if row.solver == "tabu"] == ["error"]
    assert len(executor.asked) == 4
    retried = study(tasks, "--retry-failures").rows
    assert executor.asked[4:] == ["random", "tabu"]
    assert [row.status for row in retried] == ["feasible", "error", "feasible", "optimal"]
    assert [row.status for row in study(tasks).rows] == [row.status for row in retried]


def test_equal_tasks_are_solved_once(
    study: Callable[..., Session], executor: Counting, task: Tasks, instance: Instance, tmp_path: Path
) -> None:
    """Two keep ratios with the same p, or two layers with the same filters, have a row each."""
    twin = Instance(instance.distances, instance.p, name="twin", metric=instance.metric)
    tasks = [task("greedy", keep=0.5), task("greedy", keep=0.51), task("greedy", on=twin)]
    rows = study(tasks).rows
    assert executor.asked == ["greedy"]
    assert [(row.instance, row.keep) for row in rows] == [
        ("layer1", 0.5),
        ("layer1", 0.51),
        ("twin", 0.5),
    ]
    assert len({row.key for row in rows}) == 1
    assert len(read_study(tmp_path / "out").solves) == 3


def test_damage_costs_the_line_it_hits(
    study: Callable[..., Session], executor: Counting, task: Tasks, tmp_path: Path
) -> None:
    """A torn last line and a damaged one are named, and only theirs are solved again."""
    tasks = [task(name) for name in FOUR]
    study(tasks)
    path = tmp_path / "out" / JOURNAL
    lines = path.read_bytes().splitlines(keepends=True)
    hurt = lines[2].replace(b"random", b"rendom")
    path.write_bytes(b"".join([*lines[:2], hurt, lines[3], lines[4][:50]]))
    study_read = read_study(tmp_path / "out")
    assert list(study_read.frame("solves")["solver"]) == ["greedy", "tabu"]
    assert [warning[:7] for warning in study_read.warnings] == ["line 3 ", "line 5 "]
    executor.asked.clear()
    again = study(tasks)
    assert executor.asked == ["random", "clique"]
    assert f"warning: line 3 of {path} is damaged" in said(again)
    assert f"warning: line 5 of {path} was cut short" in said(again)
    assert [row.solver for row in again.rows] == list(FOUR)


def test_a_full_disk_costs_no_results(
    study: Callable[..., Session], executor: Counting, task: Tasks, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where nothing can be appended any more, all is solved once and printed; later it can go on."""
    tasks = [task(name, keep=keep) for name in FOUR for keep in (0.5, 0.51)]  # equal keys as well
    fsync, room = os.fsync, [3]

    def full(file: int) -> None:
        room[0] -= 1
        if room[0] < 0:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        fsync(file)

    with monkeypatch.context() as patch:
        patch.setattr(os, "fsync", full)
        session = study(tasks)
    assert session.unwritten
    assert said(session).count("No space left on device") == 1
    assert executor.asked == list(FOUR)
    assert len(session.rows) == 8
    assert [row.solver for row in study(tasks).rows] == [row.solver for row in session.rows]
    assert len(executor.asked) == 4 + 2  # the session and two solves had been written down


def test_a_clock_that_goes_backwards_changes_nothing(
    study: Callable[..., Session], task: Tasks, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Durations come from clocks that only go forward; the time of day is not asked."""
    now = iter(range(10**9, 0, -3600))
    monkeypatch.setattr("time.time", lambda: float(next(now)))
    for row in study([task(name) for name in FOUR]).rows:
        assert 0.0 <= row.build_seconds + row.solve_seconds < 60.0
    assert all(
        row.status in ("optimal", "feasible") for row in study([task(name) for name in FOUR]).rows
    )


def test_the_store_alone_is_enough(study: Callable[..., Session], task: Tasks, tmp_path: Path) -> None:
    """From the journal come the very tables, selections and refutations that were written."""
    study([task(name) for name in FOUR])
    folder = tmp_path / "out"
    whole = read_study(folder)
    (folder / JOURNAL).rename(tmp_path / "away")
    tables = read_study(folder)
    for name in ("solves", "traces", "networks", "accuracies"):
        assert getattr(whole, name) == getattr(tables, name), name
    assert len(whole.traces) >= 4
    assert whole.selections == tables.selections
    assert whole.refutations == json.loads((folder / "refutations.json").read_text())
    assert whole.run == tables.run
    assert set(whole.frame("traces")["key"]) == set(whole.frame("solves")["key"])
    assert Status("optimal").value in set(whole.frame("solves")["status"])


def test_times_beside_another_process_are_marked(
    study: Callable[..., Session], task: Tasks, tmp_path: Path
) -> None:
    """A second command at work on the folder, on this machine, makes times too long."""
    other = Store(tmp_path / "out").study_log
    assert other.locks.take("something else")
    assert [row.shared for row in study([task("greedy")]).rows] == [True]
    other.locks.release_all()
    again = study([task("greedy"), task("tabu")]).rows
    assert [row.shared for row in again] == [True, False]


def test_another_machine_is_told(
    study: Callable[..., Session], task: Tasks, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whoever goes on elsewhere is warned that times do not compare."""
    study([task("greedy")])
    here = session.environment()
    monkeypatch.setattr(session, "environment", lambda: {**here, "cpu": "another"})
    assert "solved with another cpu; times do not compare" in said(study([task("greedy")]))


def test_tables_are_written_in_between(
    study: Callable[..., Session],
    executor: Counting,
    task: Tasks,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Whoever looks while a long study runs, or after it died, finds tables of what was finished."""
    monkeypatch.setattr(solving, "_TABLES_SECONDS", 0.0)
    monkeypatch.setattr(solving, "_step", lambda *_: sys.exit(9))  # dies after the first answer
    with pytest.raises(SystemExit):
        study([task(name) for name in FOUR])
    assert list(pd.read_parquet(tmp_path / "out" / "solves.parquet")["solver"]) == ["greedy"]
    assert not pd.read_csv(tmp_path / "out" / "traces.csv").empty
