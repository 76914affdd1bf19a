"""What runs in the process of a worker."""

import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from multiprocessing import Pipe
from pathlib import Path

import psutil
import pytest

from dispersion import Instance, Status
from dispersion.study.execution.worker_main import failure
from dispersion.study.execution.worker_main import serve as _serve
from dispersion.study.task import Task

Tasks = Callable[..., Task]


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
