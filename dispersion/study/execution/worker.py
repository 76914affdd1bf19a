"""Processes that solve tasks: a crash, a hang or a kill costs one row, not the study.

What the process of a solve really holds is looked at twenty times a second, and it is killed for too
much.  That is its resident memory: what it took, and what it shares with the worker that it is a fork
of, which is what a process of its own would have imported (0.2 GiB with all engines).
Limits of the system are too blunt: ``RLIMIT_AS`` and ``RLIMIT_DATA`` count what is reserved, as numpy,
OR-tools and the stacks of threads do generously, and an engine that meets them dies without a reason.
Between two looks a solve can exceed its limit by what a processor can fill in that time.
"""

from __future__ import annotations

import multiprocessing
import os
import signal
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from multiprocessing import resource_tracker
from types import ModuleType

from dispersion.errors import UnknownNameError
from dispersion.solution import Solution, Status
from dispersion.study.execution import worker_main
from dispersion.study.execution.descendants import kill_descendants, occupied
from dispersion.study.execution.partial_results import Improvement, PartialResult
from dispersion.study.execution.worker_main import failure
from dispersion.study.task import KILLED, Task
from solvers.lookup import find

LOOK_SECONDS = 0.05  # between two looks at a worker
_STARTUP_SECONDS = 300.0  # imports and, the first time on a machine, compilation
_LEAVE_SECONDS = 2.0  # for an idle worker to go by itself
_GIB = 2**30
_THREAD_VARIABLES = (
    "OMP_NUM_THREADS",
    "OPENBLAS_NUM_THREADS",
    "MKL_NUM_THREADS",
    "BLIS_NUM_THREADS",
    "VECLIB_MAXIMUM_THREADS",
    "NUMBA_NUM_THREADS",
)
# else pyarrow, which OR-tools imports, starts a thread, and a process with threads cannot be forked
_NO_THREADS = {"JE_ARROW_MALLOC_CONF": "background_thread:false"}
_STARTING = threading.Lock()  # environment and modules belong to all threads


def leaves_no_traces(task: Task) -> bool:
    """Whether the solver may share a process with other solves, as its registration says."""
    try:
        return find(task.solver, task.objective_name).shares_process
    except UnknownNameError:  # its own process will say so
        return False


def _cause(exitcode: int | None) -> str:
    if exitcode is None or exitcode >= 0:
        return f"exit code {exitcode}"
    name = signal.Signals(-exitcode).name
    return f"killed by {name}" + (", perhaps for want of memory" if name == "SIGKILL" else "")


@contextmanager
def _pinned_threads(threads: int) -> Iterator[None]:
    """Let processes started meanwhile use this many threads in numpy, BLAS and numba."""
    pinned = _NO_THREADS | dict.fromkeys(_THREAD_VARIABLES, str(threads))
    before = {name: os.environ.get(name) for name in pinned}
    os.environ.update(pinned)
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                del os.environ[name]
            else:
                os.environ[name] = value


@contextmanager
def _main_left_alone() -> Iterator[None]:
    """Start processes meanwhile that do not run the caller's script again.

    A spawned process imports the main module of its parent.  A script that calls this package without
    ``if __name__ == "__main__":`` would start all its work anew there, and that work more processes.
    """
    main = sys.modules["__main__"]
    sys.modules["__main__"] = ModuleType("__main__")  # of no file and no name to import it by
    try:
        yield
    finally:
        sys.modules["__main__"] = main


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


class Worker:
    """A process that solves one task at a time.

    Parameters
    ----------
    threads : int
        What numerical libraries in it may use.
    shares : bool
        Whether tasks share its process; else each is solved in a fork of it, where that is possible.
    """

    def __init__(self, threads: int, shares: bool = False) -> None:
        context = multiprocessing.get_context("spawn")
        self.threads, self.shares = threads, shares
        self.pipe, theirs = context.Pipe()
        self.process = context.Process(target=worker_main.serve, args=(theirs, shares), daemon=True)
        with _STARTING, _pinned_threads(threads), _ctrl_c_held_back(), _main_left_alone():
            self.process.start()
        theirs.close()
        self.task: Task | None = None
        self.partial = PartialResult()
        self.begun = self.deadline = 0.0
        self.started = False
        self.solving = self.process.pid  # the process of the solve
        self.reusable = True

    def can_solve(self, task: Task) -> bool:
        """Whether its answer will be that of a worker that has solved nothing before."""
        fits = task.limits.threads == self.threads and self.shares == leaves_no_traces(task)
        return fits and self.reusable and self.process.is_alive()

    def give(self, task: Task) -> None:
        """Hand over a task; if the worker has died meanwhile, `collect` will say so."""
        self.task, self.started, self.partial = task, False, PartialResult()
        self.solving = self.process.pid
        self.begun = time.perf_counter()
        self.deadline = self.begun + _STARTUP_SECONDS
        with suppress(BrokenPipeError, ConnectionResetError):
            self.pipe.send(task)

    def collect(self) -> Solution | None:
        """The solution if there is one; a failure if the worker died or broke a limit; else `None`.

        A failure keeps incumbent, bound and trace as they were reported before.
        """
        assert self.task is not None
        solution = self._received() or self._overrun()
        if solution is None:
            return None
        task, self.task = self.task, None
        return solution if solution.trace else self.partial.kept(task, solution)

    def _received(self) -> Solution | None:
        assert self.task is not None
        try:
            while self.pipe.poll():
                answer = self.pipe.recv()
                if isinstance(answer, Solution):
                    return answer
                if isinstance(answer, Improvement):
                    self.partial.add(answer)
                    continue
                if isinstance(answer, int):
                    self.solving = answer
                    self.reusable = self.shares or answer != self.process.pid
                    continue
                self.started, self.begun = True, time.perf_counter()
                self.deadline = self.begun + self.task.limits.seconds + worker_main.GRACE_SECONDS
        except (EOFError, OSError):  # OSError: it died within a message
            self.process.join(timeout=_LEAVE_SECONDS)
            code = self.process.exitcode
            self.stop()
            if code is not None and code == -getattr(signal, "SIGALRM", 0):
                return self._late()
            return failure(self.task, f"the worker died ({_cause(code)})", self._elapsed())
        return None

    def _overrun(self) -> Solution | None:
        """A failure if it has taken too long or too much, in which case it is killed."""
        assert self.task is not None
        if time.perf_counter() > self.deadline:
            self.stop()
            return self._late()
        limit = self.task.memory
        if limit is not None and (held := self._memory()) > limit:
            self.stop()
            message = f"{KILLED}it took {held:.2f} GiB of memory, more than the {limit:g} allowed"
            return failure(self.task, message, self._elapsed())
        return None

    def _late(self) -> Solution:
        assert self.task is not None
        seconds = self._elapsed()
        status = Status.TIME_LIMIT if self.started else Status.ERROR
        return failure(self.task, f"{KILLED}no answer after {seconds:.0f} s", seconds, status)

    def _elapsed(self) -> float:
        return time.perf_counter() - self.begun

    def _memory(self) -> float:
        """GiB that it occupies, with engines that are programs of their own."""
        return occupied(self.solving) / _GIB

    def stop(self) -> None:
        """Let an idle worker leave by itself, so that it cleans up; kill a busy one."""
        if self.task is None and self.process.is_alive():
            with suppress(OSError):  # it dies at this moment
                self.pipe.send(None)
            self.process.join(timeout=_LEAVE_SECONDS)
        kill_descendants(self.process.pid)
        self.process.kill()
        self.process.join(timeout=_LEAVE_SECONDS)  # what waits for a disk can outlive a kill
        self.pipe.close()
