"""What runs in the process of a worker: one task at a time, until told to leave."""

from __future__ import annotations

import math
import os
import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from multiprocessing import parent_process
from multiprocessing.connection import Connection
from pathlib import Path

from dispersion.errors import NotApplicableError
from dispersion.solution import Solution, Status
from dispersion.study.execution.partial_results import Improvement, Reporter
from dispersion.study.task import Task

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


def serve(pipe: Connection) -> None:
    """Answer every task with "started", each improvement and a solution, until told to stop."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is the parent's to handle
    _die_with_parent()
    _die_before_parent()
    with suppress(EOFError, BrokenPipeError, ConnectionResetError):  # the parent was killed
        while (task := pipe.recv()) is not None:
            pipe.send(_answer(task, pipe.send))


def _answer(task: Task, send: Callable[[str | Improvement], None]) -> Solution:
    from solvers import prepare, solve
    from solvers.run import listening

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
