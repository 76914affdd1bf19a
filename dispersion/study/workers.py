"""Solve tasks in processes of their own: a crash, a hang or a kill costs one row, not the study."""

from __future__ import annotations

import multiprocessing
import os
import signal
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from multiprocessing import resource_tracker
from multiprocessing.connection import Connection, wait

from dispersion.solution import Solution, Status
from dispersion.study.tasks import Task

_GRACE_SECONDS = 2.0  # an engine may overrun its limit by this before it is killed
_STARTUP_SECONDS = 300.0  # imports and, the first time on a machine, compilation
_THREAD_VARIABLES = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS")


def failure(task: Task, message: str, seconds: float = 0.0, status: Status = Status.ERROR) -> Solution:
    """The solution of a solve that gave no answer."""
    return Solution(
        solver=task.solver,
        objective_name=task.objective_name,
        instance_digest=task.instance.digest,
        seed=task.limits.seed,
        selected=None,
        objective=None,
        bound=None,
        status=status,
        build_seconds=0.0,
        solve_seconds=seconds,
        message=message,
    )


def _cause(exitcode: int | None) -> str:
    if exitcode is not None and exitcode < 0:
        return f"killed by {signal.Signals(-exitcode).name}"
    return f"exit code {exitcode}"


def _serve(pipe: Connection) -> None:
    """Answer every task with "started" and then a solution, until told to stop."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is the parent's to handle
    with suppress(EOFError, BrokenPipeError, ConnectionResetError):  # the parent was killed
        while (task := pipe.recv()) is not None:
            pipe.send(_answer(task, started=lambda: pipe.send("started")))


def _answer(task: Task, started: Callable[[], None]) -> Solution:
    from solvers import prepare, solve

    try:
        prepare(task.solver, task.objective_name)
        started()
        return solve(
            task.instance,
            task.solver,
            objective=task.objective_name,
            time_limit=task.limits.seconds,
            threads=task.limits.threads,
            seed=task.limits.seed,
        )
    except Exception as error:  # whatever an engine raises becomes one row with its reason
        return failure(task, f"{type(error).__name__}: {error}")


@contextmanager
def _pinned_threads(threads: int) -> Iterator[None]:
    """Let processes started meanwhile use this many threads in numpy and BLAS."""
    before = {name: os.environ.get(name) for name in _THREAD_VARIABLES}
    os.environ.update(dict.fromkeys(_THREAD_VARIABLES, str(threads)))
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                del os.environ[name]
            else:
                os.environ[name] = value


@contextmanager
def _ctrl_c_held_back() -> Iterator[None]:
    """Start processes meanwhile deaf to Ctrl-C, which would stop their imports with a traceback."""
    if sys.platform == "win32":
        yield
        return
    resource_tracker.ensure_running()  # started later, it would lift the mask
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


class _Worker:
    """A process that solves one task at a time; replaced when it dies."""

    def __init__(self, threads: int) -> None:
        context = multiprocessing.get_context("spawn")
        self.pipe, theirs = context.Pipe()
        self.process = context.Process(target=_serve, args=(theirs,), daemon=True)
        with _pinned_threads(threads), _ctrl_c_held_back():
            self.process.start()
        theirs.close()
        self.task: Task | None = None
        self.begun = self.deadline = 0.0
        self.started = False

    def give(self, task: Task) -> None:
        """Hand over a task; if the worker has died meanwhile, `collect` will say so."""
        self.task, self.started = task, False
        self.begun = time.perf_counter()
        self.deadline = self.begun + _STARTUP_SECONDS
        with suppress(BrokenPipeError, ConnectionResetError):
            self.pipe.send(task)

    def collect(self) -> Solution | None:
        """The solution if there is one; a failure if the worker died or overran; else `None`."""
        assert self.task is not None
        try:
            while self.pipe.poll():
                answer = self.pipe.recv()
                if isinstance(answer, Solution):
                    return answer
                self.started, self.begun = True, time.perf_counter()
                self.deadline = self.begun + self.task.limits.seconds + _GRACE_SECONDS
        except (EOFError, OSError):  # OSError: it died within a message
            self.process.join(timeout=_GRACE_SECONDS)
            self.stop()
            return failure(self.task, f"the worker died ({_cause(self.process.exitcode)})")
        if time.perf_counter() > self.deadline:
            elapsed = time.perf_counter() - self.begun
            self.stop()
            status = Status.TIME_LIMIT if self.started else Status.ERROR
            return failure(self.task, f"killed: no answer after {elapsed:.0f} s", elapsed, status)
        return None

    def stop(self) -> None:
        """Let an idle worker leave by itself, so that it cleans up; kill a busy one."""
        if self.task is None and self.process.is_alive():
            with suppress(BrokenPipeError, ConnectionResetError):
                self.pipe.send(None)
            self.process.join(timeout=_GRACE_SECONDS)
        self.process.kill()
        self.process.join()
        self.pipe.close()


def solve_all(tasks: Sequence[Task], jobs: int) -> Iterator[tuple[int, Solution]]:
    """Solve `tasks` in `jobs` processes; yield index and solution of each as it ends.

    Imports, compilation and the transfer of the instance are outside every reported time.  A worker
    that dies is replaced, and its task yields a solution with ``Status.ERROR`` and the reason; one
    that has not answered 2 seconds after its time limit is killed, and yields
    ``Status.TIME_LIMIT``.  Leaving the iterator early kills the workers.
    """
    waiting = list(reversed(range(len(tasks))))
    threads = max((task.limits.threads for task in tasks), default=1)
    workers: list[_Worker] = []
    at_work: dict[int, int] = {}  # worker to task
    try:
        workers.extend(_Worker(threads) for _ in range(min(jobs, len(tasks))))
        while waiting or at_work:
            for k in range(len(workers)):
                if k not in at_work and waiting:
                    if not workers[k].process.is_alive():
                        workers[k].stop()
                        workers[k] = _Worker(threads)
                    at_work[k] = waiting.pop()
                    workers[k].give(tasks[at_work[k]])
            wait([workers[k].pipe for k in at_work], timeout=0.2)
            for k in list(at_work):
                solution = workers[k].collect()
                if solution is None:
                    continue
                workers[k].task = None
                yield at_work.pop(k), solution
    finally:
        for worker in workers:
            worker.stop()
