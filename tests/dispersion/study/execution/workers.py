"""What tests of workers do with them."""

from collections.abc import Iterator, Sequence

from dispersion import Solution
from dispersion.study.execution.executors.local import LocalExecutor
from dispersion.study.execution.worker import Worker
from dispersion.study.task import Task


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
