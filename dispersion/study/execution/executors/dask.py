"""Tasks to a running Dask cluster; `distributed` is imported only when one is asked for."""

from __future__ import annotations

import logging
import time
from collections.abc import Iterable, Iterator
from concurrent.futures import CancelledError
from contextlib import contextmanager, suppress
from importlib import import_module
from itertools import islice
from multiprocessing import current_process
from typing import Any

from dispersion.errors import MissingExtraError, UnavailableError
from dispersion.solution import Solution
from dispersion.study.execution.executors.asking import no_scheduler
from dispersion.study.execution.executors.local import LocalExecutor
from dispersion.study.execution.worker_main import failure
from dispersion.study.logs import LOG
from dispersion.study.task import Task

_AHEAD = 2  # tasks under way for every thread of the cluster, so that none waits for the network
_CONNECT_SECONDS = 10.0
_LOOK_SECONDS = 1.0  # between two looks at a cluster in which nothing ends
_SAY_SECONDS = 5.0  # without workers, until that is said
_GIVE_UP_SECONDS = 600.0  # and until it is given up


def solve_isolated(task: Task) -> Solution:
    """Solve one task in a process of its own, from within a worker of a cluster."""
    current_process().daemon = False  # or this process could not have children
    [(_, solution)] = LocalExecutor(jobs=1).solve([(0, task)])
    return solution


class DaskExecutor:
    """Send tasks to a Dask scheduler (see `Executor`).

    Each is solved in a process of its own, as on one machine.  What a worker of the cluster takes with
    it when it dies is given to another; a task that has killed several is a failure.  A cluster without
    workers is waited for, ten minutes at most.

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
        for name in ("distributed", "distributed.client"):  # what they log comes as an exception too
            logging.getLogger(name).setLevel(logging.CRITICAL)
        reason = no_scheduler(address, _CONNECT_SECONDS)
        if reason is None:
            try:
                client = self._distributed.Client
                self._client = client(address, timeout=_CONNECT_SECONDS, set_as_default=False)
            except (OSError, ValueError) as error:
                reason = str(error)
        if reason is not None:
            raise UnavailableError(
                f"no Dask scheduler answers at {address} ({reason}); start one with `dask scheduler`, "
                "or leave out --scheduler."
            )

    def solve(self, tasks: Iterable[tuple[int, Task]]) -> Iterator[tuple[int, Solution]]:
        """Solve tasks; leaving the iterator early takes back those that have not begun.

        Raises
        ------
        UnavailableError
            The cluster has had no worker for ten minutes, or the scheduler is gone.
        """
        waiting = iter(tasks)
        under_way: dict[Any, tuple[int, Task]] = {}
        patience = _Patience(self.address)
        try:
            while True:
                with self._connected():
                    threads: int = sum(self._client.nthreads().values())
                for index, task in islice(waiting, max(0, _room(threads) - len(under_way))):
                    with self._connected():
                        future = self._client.submit(solve_isolated, task, pure=False)
                    under_way[future] = index, task
                if not under_way:
                    return
                patience.look(threads)
                with self._connected():
                    ended = self._ended(under_way)
                for future in ended:
                    index, task = under_way.pop(future)
                    yield index, _solution(future, task)
        finally:
            self._client.cancel(list(under_way))

    def close(self) -> None:
        """Take leave of the scheduler, which goes on."""
        self._client.close()

    def _ended(self, futures: Iterable[Any]) -> list[Any]:
        """Those that have ended; waits a little for the first."""
        with suppress(TimeoutError), self._client.as_current():
            self._distributed.wait(list(futures), _LOOK_SECONDS, return_when="FIRST_COMPLETED")
        return [future for future in futures if future.done()]

    @contextmanager
    def _connected(self) -> Iterator[None]:
        """Let the loss of the scheduler, which takes all futures with it, be one sentence."""
        try:
            yield
        except (CancelledError, OSError) as error:
            raise UnavailableError(
                f"the Dask scheduler at {self.address} is gone; start one, and the same command again: "
                "what is solved is kept."
            ) from error


class _Patience:
    """Waits for workers: says so in time, and does not wait for ever."""

    def __init__(self, address: str) -> None:
        self._address = address
        self._since = time.monotonic()  # without workers
        self._said = False

    def look(self, threads: int) -> None:
        """Take note of how many threads the cluster has; raises once it has had none for too long."""
        now = time.monotonic()
        if threads:
            self._since, self._said = now, False
        elif now - self._since > _GIVE_UP_SECONDS:
            raise UnavailableError(
                f"the Dask cluster at {self._address} has had no worker for {_GIVE_UP_SECONDS:g} s; "
                "start some with `dask worker`, and the same command again: what is solved is kept."
            )
        elif now - self._since > _SAY_SECONDS and not self._said:
            self._said = True
            LOG.warning(
                "the Dask cluster at %s has no worker; waiting for one, %g s at most",
                *(self._address, _GIVE_UP_SECONDS),
            )


def _room(threads: int) -> int:
    """How many tasks to have under way; one while there is no worker."""
    return max(1, _AHEAD * threads)


def _solution(future: Any, task: Task) -> Solution:
    error = future.exception()
    if error is None:
        solution: Solution = future.result()
        return solution
    return failure(task, f"the cluster lost it: {type(error).__name__}: {error}")
