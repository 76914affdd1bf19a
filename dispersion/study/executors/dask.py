"""Tasks to a running Dask cluster; `distributed` is imported only when one is asked for."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from importlib import import_module
from itertools import islice
from multiprocessing import current_process
from typing import Any

from dispersion.errors import MissingExtraError, UnavailableError
from dispersion.solution import Solution
from dispersion.study.executors.local import LocalExecutor
from dispersion.study.serving import failure
from dispersion.study.tasks import Task

_AHEAD = 2  # tasks under way for every thread of the cluster, so that none waits for the network
_CONNECT_SECONDS = 10.0


def solve_isolated(task: Task) -> Solution:
    """Solve one task in a process of its own, from within a worker of a cluster."""
    current_process().daemon = False  # or this process could not have children
    [(_, solution)] = LocalExecutor(jobs=1).solve([(0, task)])
    return solution


class DaskExecutor:
    """Send tasks to a Dask scheduler (see `Executor`).

    Each is solved in a process of its own, as on one machine.  What a worker of the cluster takes with
    it when it dies is given to another; a task that has killed several is a failure.

    Parameters
    ----------
    address : str
        Of the scheduler: tcp://HOST:PORT.

    Raises
    ------
    MissingExtraError
        `distributed` is not installed.
    UnavailableError
        No scheduler answers at the address.
    """

    shared = True  # nobody knows what else runs there

    def __init__(self, address: str) -> None:
        try:
            self._distributed = import_module("distributed")
        except ImportError as error:
            raise MissingExtraError(
                "--scheduler needs the package distributed, which is not installed: "
                "pip install 'p-dispersion[dask]'."
            ) from error
        self.address = address
        try:
            client = self._distributed.Client
            self._client = client(address, timeout=_CONNECT_SECONDS, set_as_default=False)
        except (OSError, ValueError) as error:  # ValueError: no address at all
            raise UnavailableError(
                f"no Dask scheduler answers at {address}; start one with `dask scheduler`, or leave "
                "out --scheduler."
            ) from error

    def solve(self, tasks: Iterable[tuple[int, Task]]) -> Iterator[tuple[int, Solution]]:
        """Solve tasks; leaving the iterator early takes back those that have not begun."""
        waiting = iter(tasks)
        under_way: dict[Any, tuple[int, Task]] = {}
        ended = self._distributed.as_completed(loop=self._client.loop)
        try:
            while True:
                for index, task in islice(waiting, max(0, self._room() - len(under_way))):
                    future = self._client.submit(solve_isolated, task, pure=False)
                    under_way[future] = index, task
                    ended.add(future)
                if not under_way:
                    return
                future = next(ended)
                index, task = under_way.pop(future)
                yield index, _solution(future, task)
        finally:
            self._client.cancel(list(under_way))

    def close(self) -> None:
        """Take leave of the scheduler, which goes on."""
        self._client.close()

    def _room(self) -> int:
        """How many tasks to have under way, by now; one while there is no worker."""
        threads: int = sum(self._client.nthreads().values())
        return max(1, _AHEAD * threads)


def _solution(future: Any, task: Task) -> Solution:
    error = future.exception()
    if error is None:
        solution: Solution = future.result()
        return solution
    return failure(task, f"the cluster lost it: {type(error).__name__}: {error}")
