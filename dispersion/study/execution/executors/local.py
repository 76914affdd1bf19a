"""Tasks to processes of this machine."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import islice
from multiprocessing.connection import wait

from dispersion.solution import Solution
from dispersion.study.execution.worker import LOOK_SECONDS, Worker, leaves_no_traces
from dispersion.study.task import Task


class LocalExecutor:
    """Solve so many tasks at a time, each in a process of its own (see `Executor`).

    Imports, compilation and the transfer of the instance are outside every reported time.  A worker
    that dies is replaced, and its task yields a solution with ``Status.ERROR`` and the reason; one that
    has not answered 2 seconds after its time limit is killed, and yields ``Status.TIME_LIMIT``; one
    that takes more memory than its task allows is killed, and yields ``Status.ERROR``.  Solvers
    that are known to leave no traces share a process, one after the other (``shares_process`` of their
    registration); each solve of the others has a process that has solved nothing.

    Parameters
    ----------
    jobs : int
        Solves at a time; idle processes wait beside them.
    """

    def __init__(self, jobs: int) -> None:
        self.jobs = jobs
        self.shared = jobs > 1

    def solve(self, tasks: Iterable[tuple[int, Task]]) -> Iterator[tuple[int, Solution]]:
        """Solve tasks; leaving the iterator early kills the workers."""
        waiting = iter(tasks)
        busy: dict[Worker, int] = {}
        idle: list[Worker] = []
        try:
            while True:
                for index, task in islice(waiting, self.jobs - len(busy)):
                    worker = _able(idle, task)
                    busy[worker] = index
                    worker.give(task)
                if not busy:
                    return
                wait([worker.pipe for worker in busy], timeout=LOOK_SECONDS)
                for worker in list(busy):
                    solution = worker.collect()
                    if solution is None:
                        continue
                    if worker.reusable and worker.process.is_alive():
                        idle.append(worker)
                    else:
                        worker.stop()
                    yield busy.pop(worker), solution
        finally:
            for worker in (*busy, *idle):
                worker.stop()

    def close(self) -> None:
        """Nothing: workers live no longer than the iterator."""


def _able(idle: list[Worker], task: Task) -> Worker:
    """An idle worker if one may solve the task, else a new one."""
    for worker in idle:
        if worker.can_solve(task):
            idle.remove(worker)
            return worker
    return Worker(task.limits.threads, leaves_no_traces(task))
