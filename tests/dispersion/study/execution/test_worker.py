"""Processes that crash, hang or are killed cost one row each."""

import multiprocessing
import os
import re
import signal
import sys
import time
from collections.abc import Callable
from dataclasses import replace
from multiprocessing import Pipe
from types import ModuleType, SimpleNamespace

import numpy as np
import psutil
import pytest

from dispersion import Instance, Status
from dispersion.study.execution import worker as execution_worker
from dispersion.study.execution import worker_main
from dispersion.study.execution.executors import local
from dispersion.study.execution.partial_results import PartialResult
from dispersion.study.execution.worker import Worker
from dispersion.study.task import Task
from dispersion.verify import faults_of, recompute
from solvers import Limits, list_solvers, solve
from tests.dispersion.study.execution.workers import answer, same, solve_all

Tasks = Callable[..., Task]


@pytest.mark.parametrize("jobs", [1, 3])
def test_answers_are_those_of_solve(jobs: int, task: Tasks, instance: Instance) -> None:
    """In a process of its own every solver answers as it does in this one, and each task once."""
    tasks = [task("greedy"), task("random", seed=5), task("tabu"), task("random", seed=6)]
    given = list(solve_all(tasks, jobs))
    solved = dict(given)
    assert sorted(k for k, _ in given) == [0, 1, 2, 3]
    for k, asked in enumerate(tasks):
        assert same(solved[k], solve(instance, asked.solver, seed=asked.limits.seed))
        assert (solved[k].solver, solved[k].seed) == (asked.solver, asked.limits.seed)
        assert solved[k].instance_digest == instance.digest


def test_misbehaving_solvers_cost_one_row_each(
    fakes: None, task: Tasks, instance: Instance, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A crash, a kill, a hang or whatever else costs a row that says why; the rest goes on."""
    monkeypatch.setattr(worker_main, "GRACE_SECONDS", 0.2)
    told = {
        "crash": "the worker died (exit code 7)",
        "leave": "the worker died (exit code 3)",
        "killed": "the worker died (killed by SIGKILL, perhaps for want of memory)",
        "broken": "RuntimeError: no such luck",
        "hang": "killed: no answer after",
        "no-engine": "ImportError: no module named 'engine'",
        "no-memory": "MemoryError: Unable to allocate",
        "impossible": "ContradictionError: impossible proved that nothing exceeds 0.0",
    }
    names = ["greedy", *told, "greedy"]
    solved = dict(solve_all([task(name, seconds=0.3) for name in names], jobs=2))
    assert sorted(solved) == list(range(len(names)))
    for k, name in enumerate(names):
        assert solved[k].solver == name
        if name == "greedy":
            assert same(solved[k], solve(instance, "greedy"))
            continue
        assert solved[k].status is (Status.TIME_LIMIT if name == "hang" else Status.ERROR), name
        assert solved[k].message.startswith(told[name])
        assert (solved[k].selected, solved[k].objective, solved[k].bound) == (None, None, None)


def test_a_hang_counts_from_the_start_of_the_solve(
    fakes: None, task: Tasks, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Getting ready does not eat into the time limit, but has a limit of its own."""
    monkeypatch.setattr(worker_main, "GRACE_SECONDS", 0.2)
    [(_, slow)] = solve_all([task("slowly-ready", seconds=0.3)], jobs=1)
    assert slow.status is Status.FEASIBLE
    assert slow.solve_seconds < 1.0  # what it took to get ready
    monkeypatch.setattr(execution_worker, "_STARTUP_SECONDS", 1.5)
    [(_, never)] = solve_all([task("never-ready")], jobs=1)
    assert never.status is Status.ERROR
    assert "no answer" in never.message


def test_ctrl_c_is_for_the_parent(fakes: None, task: Tasks) -> None:
    """A worker that gets SIGINT, as all processes of a terminal do, goes on."""
    [(_, solution)] = solve_all([task("ctrl-c")], jobs=1)
    assert solution.status is Status.FEASIBLE


def test_a_starting_worker_is_deaf_to_ctrl_c(
    worker: Worker, task: Tasks, capfd: pytest.CaptureFixture[str]
) -> None:
    """SIGINT while a worker still imports neither stops it nor prints a traceback."""
    for _ in range(10):
        os.kill(worker.process.pid or 0, signal.SIGINT)
        time.sleep(0.02)
    worker.give(task("greedy"))
    assert answer(worker).status is Status.FEASIBLE
    assert capfd.readouterr().err == ""
    assert signal.SIGINT not in signal.pthread_sigmask(signal.SIG_BLOCK, set())


def test_leaving_early_kills_the_busy_workers(fakes: None, task: Tasks) -> None:
    """Whoever stops asking, by Ctrl-C say, leaves no process behind."""
    answers = solve_all([task("greedy"), task("hang"), task("hang")], jobs=2)
    assert next(answers)[0] == 0
    assert len(multiprocessing.active_children()) == 2
    answers.close()
    assert multiprocessing.active_children() == []


def test_a_worker_killed_while_idle_is_replaced(task: Tasks) -> None:
    """A death between two tasks costs neither of them."""
    answers = solve_all([task("greedy"), task("random")], jobs=1)
    assert next(answers)[1].status is Status.FEASIBLE
    [idle] = multiprocessing.active_children()
    idle.kill()
    idle.join()
    assert next(answers)[1].status is Status.FEASIBLE
    answers.close()


def test_a_task_given_to_a_dead_worker_fails(worker: Worker, task: Tasks) -> None:
    """A worker that died unnoticed makes its task a failure, not an exception."""
    worker.process.kill()
    worker.process.join()
    worker.give(task("greedy"))
    solution = answer(worker)
    assert solution.status is Status.ERROR
    assert solution.message == "the worker died (killed by SIGKILL, perhaps for want of memory)"


def test_an_answer_cut_short_is_a_death(task: Tasks) -> None:
    """A worker that dies within a message has died."""
    ours, theirs = Pipe()
    os.write(theirs.fileno(), (1000).to_bytes(4, "big") + b"half an answer")
    theirs.close()
    dying = object.__new__(Worker)
    dying.pipe, dying.task = ours, task("greedy")
    dying.partial = PartialResult()
    dying.begun, dying.deadline = 0.0, float("inf")
    dying.process = SimpleNamespace(
        pid=None, exitcode=1, join=lambda timeout=None: None, kill=lambda: None, is_alive=lambda: False
    )
    solution = dying.collect()
    assert solution is not None
    assert solution.message == "the worker died (exit code 1)"


@pytest.mark.parametrize("jobs", [1, 8])
def test_no_more_workers_than_tasks(jobs: int, task: Tasks, monkeypatch: pytest.MonkeyPatch) -> None:
    """No process is started that could have nothing to do, and none for no tasks at all."""
    made: list[Worker] = []

    class Counted(Worker):
        def __init__(self, threads: int, shares: bool) -> None:
            super().__init__(threads, shares)
            made.append(self)

    monkeypatch.setattr(local, "Worker", Counted)
    assert list(solve_all([], jobs)) == []
    assert made == []
    assert len(list(solve_all([task("greedy"), task("greedy")], jobs))) == 2
    assert len(made) == min(jobs, 2)


def test_workers_are_pinned_to_their_threads(
    fakes: None, task: Tasks, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Numerical libraries in a worker see the thread limit; this process keeps its settings."""
    monkeypatch.setenv("OMP_NUM_THREADS", "17")
    monkeypatch.delenv("MKL_NUM_THREADS", raising=False)
    [(_, solution)] = solve_all([task("all-threads", threads=3)], jobs=1)
    libraries = ("BLIS_NUM", "MKL_NUM", "NUMBA_NUM", "OMP_NUM", "OPENBLAS_NUM", "VECLIB_MAXIMUM")
    assert solution.message == " ".join(f"{name}_THREADS=3" for name in libraries)
    assert os.environ["OMP_NUM_THREADS"] == "17"
    assert "MKL_NUM_THREADS" not in os.environ


def test_an_engine_that_keeps_the_interpreter_is_killed(fakes: None, task: Tasks) -> None:
    """Neither a deaf engine nor a reader that comes late keeps a solve from ending at its limit."""
    answers = solve_all([task("greedy"), task("hang-in-c", seconds=0.3)], jobs=2)
    assert next(answers)[0] == 0
    while not any(one.status() == psutil.STATUS_ZOMBIE for one in psutil.Process().children()):
        time.sleep(0.05)  # it ends though nobody asks for it
    [(_, solution)] = answers
    assert (solution.solver, solution.status) == ("hang-in-c", Status.TIME_LIMIT)
    assert solution.message.startswith("killed: no answer after ")


@pytest.mark.parametrize(
    ("name", "status", "told"),
    [
        ("reports-and-hangs", Status.TIME_LIMIT, r"killed: no answer after \d+ s"),
        ("reports-and-dies", Status.ERROR, r"the worker died \(killed by SIGKILL, .*\)"),
        ("reports-and-breaks", Status.ERROR, r"RuntimeError: no such luck"),
    ],
)
def test_what_was_reported_outlives_its_process(
    name: str, status: Status, told: str, fakes: None, task: Tasks, monkeypatch: pytest.MonkeyPatch
) -> None:
    """However a solve is ended from outside, its last incumbent, bound and trace are kept."""
    monkeypatch.setattr(worker_main, "GRACE_SECONDS", 0.2)
    asked = task(name, seconds=0.3)
    [(_, solution)] = solve_all([asked], jobs=1)
    instance = asked.instance
    ends = [range(instance.n - instance.p, instance.n), range(instance.p)]
    values = [recompute(instance, list(end), "max-min") for end in ends]
    assert values[0] < values[1]  # so both were incumbents
    assert solution.selected is not None
    assert solution.selected.tolist() == list(ends[1])
    bound = float(instance.levels[-1])
    assert (solution.objective, solution.bound, solution.status) == (values[1], bound, status)
    points = [(point.objective, point.bound) for point in solution.trace]
    assert points == [(None, bound), (values[0], bound), (values[1], bound)]
    kept = r"; kept the incumbent and bound it had reported by \d\S* s"
    assert re.fullmatch(told + kept, solution.message)
    assert faults_of(instance, solution) == []


def test_what_a_solver_needs_on_its_way_is_no_answer(fakes: None, task: Tasks) -> None:
    """What was found of another instance is not kept of this one."""
    [(_, solution)] = solve_all([task("reports-of-another")], jobs=1)
    assert (solution.selected, solution.bound, solution.trace) == (None, None, ())
    assert solution.message == "RuntimeError: no such luck"


def test_a_new_task_has_heard_nothing(fakes: None, worker: Worker, task: Tasks) -> None:
    """What a warm worker reported of one task is not kept of the next."""
    worker.give(task("greedy"))
    assert answer(worker).selected is not None
    worker.give(task("killed"))
    assert (answer(worker).selected, worker.partial.points) == (None, [])


def test_too_much_memory_is_a_row_with_its_reason(fakes: None, task: Tasks) -> None:
    """A worker above its limit is killed; one below is not, nor is any without a limit."""
    limited = [replace(task("glutton"), memory=0.6), replace(task("greedy"), memory=0.6)]
    over, under = (solution for _, solution in sorted(solve_all(limited, jobs=1)))
    assert over.status is Status.ERROR
    told = r"killed: it took 0\.\d\d GiB of memory, more than the 0\.6 allowed"
    assert re.fullmatch(told, over.message)
    assert over.solve_seconds > 0.0
    assert under.status is Status.FEASIBLE


def test_processes_are_shared_only_where_that_is_safe(fakes: None, task: Tasks) -> None:
    """What is not known to leave no traces gets a new process, and so does what comes after it."""
    names = ["which-process", "which-process", "greedy", "which-process"]
    messages = [solution.message for _, solution in solve_all([task(name) for name in names], jobs=1)]
    assert len({messages[0], messages[1], messages[3]}) == 3


@pytest.mark.parametrize("objective", ["max-min", "max-sum"])
def test_a_warm_worker_answers_as_a_fresh_one(objective: str) -> None:
    """All solvers that may share a process, one after the other in one, twice, and each in its own."""
    points = np.random.default_rng(3).random((24, 2))
    spread = Instance.from_points(points, 6, name="spread")
    names = [info.name for info in list_solvers(objective) if info.shares_process]
    assert len(names) >= 3
    limits = Limits(seconds=20.0, seed=4)
    tasks = [Task(spread, None, name, objective, limits) for name in names]
    warm = [solution for _, solution in solve_all([*tasks, *tasks], jobs=1)]
    for k, asked in enumerate(tasks):
        [(_, fresh)] = solve_all([asked], jobs=1)
        for other in (warm[k], warm[k + len(tasks)]):
            assert same(fresh, other), asked.solver
            assert (fresh.bound, fresh.status) == (other.bound, other.status), asked.solver
            assert fresh.refutations == other.refutations, asked.solver


def test_large_instances_reach_the_worker(task: Tasks) -> None:
    """A matrix far larger than a pipe's buffer arrives whole."""
    points = np.random.default_rng(1).random((600, 3))
    large = Instance.from_points(points, 5, name="large")
    [(_, solution)] = solve_all([task("greedy", on=large)], jobs=1)
    assert same(solution, solve(large, "greedy"))


def test_the_caller_is_not_run_again(task: Tasks, monkeypatch: pytest.MonkeyPatch) -> None:
    """A worker knows nothing of the main module, be it one that would stop every process."""
    caller = ModuleType("__main__")
    caller.__file__ = "/nowhere/script.py"  # a spawned process would look for it
    monkeypatch.setitem(sys.modules, "__main__", caller)
    [(_, solution)] = solve_all([task("greedy")], jobs=1)
    assert solution.status is Status.FEASIBLE
    assert sys.modules["__main__"] is caller
