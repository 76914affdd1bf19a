"""Processes that crash, hang or are killed cost one row each."""

import multiprocessing
import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from multiprocessing import Pipe
from pathlib import Path
from types import ModuleType, SimpleNamespace

import numpy as np
import psutil
import pytest

from dispersion import Instance, Solution, Status
from dispersion.study.execution import worker as execution_worker
from dispersion.study.execution import worker_main
from dispersion.study.execution.executors import local
from dispersion.study.execution.executors.local import LocalExecutor
from dispersion.study.execution.partial_results import PartialResult
from dispersion.study.execution.worker import Worker
from dispersion.study.execution.worker_main import failure
from dispersion.study.execution.worker_main import serve as _serve
from dispersion.study.task import Task
from dispersion.verify import faults_of, recompute
from solvers import Limits, list_solvers, solve
from solvers.registration import registry

Tasks = Callable[..., Task]
linux = pytest.mark.skipif(sys.platform != "linux", reason="elsewhere nothing is forked")


@pytest.fixture(autouse=True)
def nobody_left() -> Iterator[None]:
    """Whatever a test does, it leaves no process behind."""
    yield
    assert multiprocessing.active_children() == []


@pytest.fixture
def worker() -> Iterator[Worker]:
    made = Worker(threads=1)
    yield made
    made.process.kill()
    made.stop()


def solve_all(tasks: Sequence[Task], jobs: int) -> Iterator[tuple[int, Solution]]:
    return LocalExecutor(jobs).solve(enumerate(tasks))


def answer(worker: Worker) -> Solution:
    """Wait for the answer of a worker, as `solve_all` does."""
    while (solution := worker.collect()) is None:
        worker.pipe.poll(0.1)
    return solution


def same(one: Solution, other: Solution) -> bool:
    assert one.selected is not None
    assert other.selected is not None
    return bool((one.selected == other.selected).all()) and one.objective == other.objective


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


@pytest.fixture
def _sigint_as_it_was() -> Iterator[None]:
    before = signal.getsignal(signal.SIGINT)
    yield
    signal.signal(signal.SIGINT, before)


@pytest.mark.usefixtures("_sigint_as_it_was")
def test_a_worker_says_when_it_starts_and_leaves_when_told(task: Tasks) -> None:
    """The protocol: a process, "started", improvements and a solution for each task, until `None`."""
    ours, theirs = Pipe()
    for message in (task("greedy"), task("no such solver"), None):
        ours.send(message)
    _serve(theirs, shares=False)
    assert ours.recv() == os.getpid()  # of the process that solves
    assert ours.recv() == "started"
    told = [ours.recv() for _ in range(2)]  # greedy's selection, and the bound that it proves
    solution = ours.recv()
    assert tuple(point for one in told for point in one.points) == solution.trace
    assert solution.status is Status.FEASIBLE
    assert ours.recv() == os.getpid()
    refused = ours.recv()
    assert refused.status is Status.ERROR
    assert refused.message.startswith("UnknownNameError: unknown max-min solver 'no such solver'")


@pytest.mark.usefixtures("_sigint_as_it_was")
@pytest.mark.parametrize("busy", [False, True])
def test_a_worker_whose_parent_was_killed_leaves_quietly(busy: bool, task: Tasks) -> None:
    """An orphan ends without a traceback, idle or at the end of its solve."""
    ours, theirs = Pipe()
    if busy:
        ours.send(task("greedy"))
    ours.close()
    assert _serve(theirs, shares=False) is None


def test_a_failure_claims_nothing(task: Tasks, instance: Instance) -> None:
    """The solution of a failed solve holds its reason and time, and neither value nor bound."""
    solution = failure(task("clique", seed=3), "why", 1.5)
    assert (solution.solver, solution.seed, solution.message) == ("clique", 3, "why")
    assert (solution.status, solution.solve_seconds) == (Status.ERROR, 1.5)
    assert (solution.selected, solution.objective, solution.bound) == (None, None, None)
    assert solution.instance_digest == instance.digest


def test_large_instances_reach_the_worker(task: Tasks) -> None:
    """A matrix far larger than a pipe's buffer arrives whole."""
    points = np.random.default_rng(1).random((600, 3))
    large = Instance.from_points(points, 5, name="large")
    [(_, solution)] = solve_all([task("greedy", on=large)], jobs=1)
    assert same(solution, solve(large, "greedy"))


def test_a_worker_imports_little(task: Tasks) -> None:
    """What the command imports for tables and plots is not loaded again for every fresh process."""
    modules = "dispersion.compare.__main__, dispersion.study.execution.worker_main"
    listing = f"import {modules}, sys; print(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", listing], capture_output=True, text=True, check=True)
    heavy = {"pandas", "matplotlib", "torch", "rich", "pyarrow", "ortools", "highspy", "pyomo"}
    assert not heavy & set(done.stdout.split())


def test_a_worker_does_not_outlive_its_parent(tmp_path: Path) -> None:
    """A hanging solve ends with the process that asked for it, however that ends."""
    script = tmp_path / "parent.py"
    script.write_text(PARENT)
    fakes = str(Path(__file__).parents[1] / "fakes")
    root = str(Path(__file__).parents[4])
    parent = subprocess.Popen(
        [sys.executable, str(script)],
        env={**os.environ, "PYTHONPATH": os.pathsep.join([root, fakes])},
        stdout=subprocess.PIPE,
        text=True,
    )
    assert parent.stdout is not None
    assert parent.stdout.readline() == "solving\n"
    children = psutil.Process(parent.pid).children(recursive=True)
    assert children
    parent.kill()
    parent.communicate()
    assert psutil.wait_procs(children, timeout=30)[1] == []


PARENT = """
import fake_solvers
from dispersion import Instance
from dispersion.study.execution import worker_main
from dispersion.study.task import Task
from dispersion.study.execution.worker import Worker
from solvers import Limits

worker_main.serve = fake_solvers.serve
if __name__ == "__main__":
    worker = Worker(threads=1)
    instance = Instance([[0, 1, 2], [1, 0, 1], [2, 1, 0]], 2)
    worker.give(Task(instance, None, "hang", "max-min", Limits(seconds=600.0)))
    while not worker.started:
        assert worker.collect() is None
    print("solving", flush=True)
    while True:
        worker.collect()
"""


def test_the_caller_is_not_run_again(task: Tasks, monkeypatch: pytest.MonkeyPatch) -> None:
    """A worker knows nothing of the main module, be it one that would stop every process."""
    caller = ModuleType("__main__")
    caller.__file__ = "/nowhere/script.py"  # a spawned process would look for it
    monkeypatch.setitem(sys.modules, "__main__", caller)
    [(_, solution)] = solve_all([task("greedy")], jobs=1)
    assert solution.status is Status.FEASIBLE
    assert sys.modules["__main__"] is caller
