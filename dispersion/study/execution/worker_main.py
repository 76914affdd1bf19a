"""What runs in the process of a worker: one task at a time, until told to leave.

Solvers that leave no traces share a process, one after the other.  For the others, a worker imports
what they need and solves each task in a fork of itself: in a process that has solved nothing before,
and without waiting for imports.  Where it cannot fork (not on Linux, or with several threads in
numerical libraries) it solves one task, and is replaced.
"""

from __future__ import annotations

import math
import os
import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from functools import cache, partial
from multiprocessing import parent_process
from multiprocessing.connection import Connection
from pathlib import Path

from dispersion.errors import NotApplicableError
from dispersion.solution import Solution, Status
from dispersion.study.execution.forking import can_fork, run_in_fork
from dispersion.study.execution.partial_results import Improvement, Reporter
from dispersion.study.task import Task
from solvers.lookup import is_registered
from solvers.run import listening
from solvers.solving import prepare, solve

GRACE_SECONDS = 2.0  # an engine may overrun its limit by this before it is killed


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


def serve(pipe: Connection, shares: bool) -> None:
    """Answer every task, until told to stop; in this process if tasks share one, else in forks.

    An answer is the number of the process that solves, "started", each improvement, and a solution.
    """
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is the parent's to handle
    _die_before_parent()
    with suppress(EOFError, BrokenPipeError, ConnectionResetError):  # the parent was killed
        while (task := pipe.recv()) is not None:
            if not shares:
                _import_for(task)
            if not shares and can_fork():
                run_in_fork(partial(_solve, task, pipe))
            else:
                _solve(task, pipe)


def _import_for(task: Task) -> None:
    """Import and compile what a solver of ours needs, once for all forks.

    Code of the user's own is imported in the fork only, as it may do anything.
    """
    if is_registered(task.solver, task.objective_name):
        with suppress(Exception):  # the fork meets it again, and says so
            prepare(task.solver, task.objective_name)


def _solve(task: Task, pipe: Connection) -> None:
    _die_with_parent()
    with suppress(BrokenPipeError, ConnectionResetError):  # the parent was killed
        pipe.send(os.getpid())
        pipe.send(_answer(task, pipe.send))


def _answer(task: Task, send: Callable[[str | Improvement], None]) -> Solution:
    try:
        prepare(task.solver, task.objective_name)
        send("started")
        with _alarm(task.limits.seconds + GRACE_SECONDS), listening(Reporter(task, send)):
            return solve(
                task.instance,
                task.solver,
                objective=task.objective_name,
                time_limit=task.limits.seconds,
                threads=task.limits.threads,
                seed=task.limits.seed,
                target=task.limits.target,
                gap=task.limits.gap,
            )
    except NotApplicableError as error:
        return failure(task, str(error), status=Status.SKIPPED)
    except Exception as error:  # whatever an engine raises becomes one row with its reason
        return failure(task, f"{type(error).__name__}: {error}")


@contextmanager
def _alarm(seconds: float) -> Iterator[None]:
    """Let the system end this process, should the block last longer.

    Neither an engine that never gives the interpreter back nor a parent that is busy or dead can
    prevent it, unless the engine takes SIGALRM for itself; then the parent kills.
    """
    if not hasattr(signal, "setitimer") or math.isinf(seconds):
        yield
        return
    signal.signal(signal.SIGALRM, signal.SIG_DFL)
    signal.setitimer(signal.ITIMER_REAL, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)


@cache  # once a process
def _die_with_parent() -> None:
    """Leave as soon as the parent is gone, and not only at the end of the solve."""
    parent = parent_process()
    if parent is None:  # not a worker: called by a test
        return

    def follow() -> None:
        parent.join()
        os._exit(1)

    threading.Thread(target=follow, daemon=True).start()


def _die_before_parent() -> None:
    """Where memory runs out, let Linux take this process and not the one that keeps the results."""
    if parent_process() is not None:
        with suppress(OSError):  # another system
            Path("/proc/self/oom_score_adj").write_text("1000")
