"""Fresh processes are forks of one worker, where that is safe."""

import os
import sys
from collections.abc import Callable, Iterable
from pathlib import Path

import numpy as np
import psutil
import pytest

from dispersion import Instance, Status
from dispersion.study.execution.forking import can_fork
from dispersion.study.execution.worker import Worker
from dispersion.study.task import Task
from solvers import Limits, list_solvers, solve
from solvers.registration import registry
from tests.dispersion.study.execution.workers import same, solve_all

Tasks = Callable[..., Task]
linux = pytest.mark.skipif(sys.platform != "linux", reason="elsewhere nothing is forked")


def test_a_process_that_is_no_worker_is_not_forked() -> None:
    """Nobody knows what the user's own process holds."""
    assert not can_fork()


def of(messages: Iterable[str], which: int) -> list[str]:
    """The first or the second word of each."""
    return [message.split()[which] for message in messages]


@linux
def test_fresh_processes_are_forks_of_one_worker(fakes: None, task: Tasks) -> None:
    """They see no solve but their own, and draw random numbers of their own."""
    tasks = [task(name) for name in ("leaves-traces", "which-process", "greedy") * 3]
    solved = dict(solve_all(tasks, jobs=1))
    traces = [solved[k].message for k in (0, 3, 6)]
    assert of(traces, 0) == ["1", "1", "1"]
    assert len(set(of(traces, 1))) == 3
    processes = [solved[k].message for k in (1, 4, 7)]
    assert len(set(of(processes, 0))) == 3
    assert len(set(of(processes, 1))) == 1
    assert of(processes, 1)[0] != str(os.getpid())


@pytest.mark.parametrize("threads", [1, 4])
def test_a_worker_with_threads_is_not_forked(threads: int, fakes: None, task: Tasks) -> None:
    """Their locks would be held for ever in the fork: it solves one task itself, and is replaced."""
    tasks = [task(name, threads=threads) for name in ("threaded", "which-process", "threaded")]
    messages = [solution.message for _, solution in solve_all(tasks, jobs=1)]
    assert len(set(of(messages, 0))) == 3
    assert of(messages, 1)[0] == of(messages, 1)[2] == str(os.getpid())


@linux
def test_code_of_the_users_own_is_imported_in_the_fork_only(
    tmp_path: Path, task: Tasks, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It may start threads or leave other traces, so each solve imports it anew."""
    (tmp_path / "of_mine.py").write_text(OF_MINE)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(sys, "path", [*sys.path])
    monkeypatch.setattr(registry, "_entries", dict(registry._entries))
    tasks = [task("of_mine:last", seed=k) for k in range(2)]
    solved = [solution for _, solution in solve_all(tasks, jobs=1)]
    assert [solution.status for solution in solved] == [Status.FEASIBLE] * 2
    imported = (tmp_path / "imported").read_text().split()
    assert imported[0] == str(os.getpid())  # asked whether it shares a process
    assert imported[1:] == [solution.message for solution in solved]
    del sys.modules["of_mine"]


OF_MINE = """
import os
from solvers import Guarantee, solver

with open("imported", "a") as file:
    print(os.getpid(), file=file)

@solver("last", objective="max-min", guarantee=Guarantee.HEURISTIC, summary="mine")
def last(run):
    run.message = str(os.getpid())
    run.report_incumbent(range(run.instance.n - run.instance.p, run.instance.n))
"""


@linux
def test_a_fork_ends_with_its_worker(fakes: None, worker: Worker, task: Tasks) -> None:
    """Whoever kills the worker kills the solve, be it one that never gives the interpreter back."""
    worker.give(task("hang-in-c"))
    while not worker.started:
        assert worker.collect() is None
    solving = psutil.Process(worker.solving)
    assert solving.ppid() == worker.process.pid
    worker.stop()
    assert psutil.wait_procs([solving], timeout=30)[1] == []


@pytest.mark.parametrize("objective", ["max-min", "max-sum"])
def test_a_fork_answers_as_a_fresh_process(objective: str) -> None:
    """All solvers that leave traces, one after the other in forks of one worker, twice."""
    points = np.random.default_rng(3).random((14, 2))
    spread = Instance.from_points(points, 5, name="spread")
    names = [info.name for info in list_solvers(objective) if not info.shares_process]
    assert len(names) >= 3
    limits = Limits(seconds=20.0, seed=4)
    tasks = [Task(spread, None, name, objective, limits) for name in names]
    forked = [solution for _, solution in solve_all([*tasks, *tasks], jobs=1)]
    for k, asked in enumerate(tasks):
        fresh = solve(spread, asked.solver, objective=objective, time_limit=20.0, seed=4)
        for other in (forked[k], forked[k + len(tasks)]):
            assert same(fresh, other), asked.solver
            assert (fresh.bound, fresh.status) == (other.bound, other.status), asked.solver
