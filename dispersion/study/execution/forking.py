"""Forks of a process that has imported everything and solved nothing: fresh ones, in milliseconds.

A fork has the memory of its process and none of its threads, so a thread that held a lock at that
moment would hold it for ever in the fork.  Hence only a process without other threads is forked.
"""

from __future__ import annotations

import ctypes
import gc
import os
import signal
import sys
from collections.abc import Callable
from contextlib import suppress
from multiprocessing import current_process, get_context, parent_process
from multiprocessing.connection import wait
from typing import NoReturn

_PR_SET_PDEATHSIG = 1  # of Linux' prctl


def can_fork() -> bool:
    """Whether this process is a worker that may be forked: on Linux, and without other threads."""
    if sys.platform != "linux" or parent_process() is None:
        return False
    return len(os.listdir("/proc/self/task")) == 1


def run_in_fork(work: Callable[[], None]) -> None:
    """Call `work` in a fork of this worker and wait; where the fork dies, die of the same.

    Both end as soon as the parent of this worker is gone.
    """
    parent = parent_process()
    assert parent is not None
    current_process().daemon = False  # or this process could not have children
    gc.freeze()  # or looking for garbage would copy what is shared
    fork = get_context("fork").Process(target=_work, args=(work, os.getpid()), daemon=True)
    fork.start()
    if parent.sentinel in wait([fork.sentinel, parent.sentinel]):
        os._exit(1)
    fork.join()
    code = fork.exitcode
    fork.close()
    if code:
        _die_of(code)


def _work(work: Callable[[], None], worker: int) -> None:
    """Do the work with random numbers of its own, and end when the worker ends."""
    ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)  # even if it holds the interpreter
    if os.getppid() != worker:  # it was gone before
        os._exit(1)
    if (numpy := sys.modules.get("numpy")) is not None:
        numpy.random.seed()  # the forks of one process would all draw the same
    work()


def _die_of(code: int) -> NoReturn:
    """End with an exit code, or by the signal that is its negative."""
    if code < 0:
        with suppress(OSError):  # SIGKILL has no handler
            signal.signal(-code, signal.SIG_DFL)
        os.kill(os.getpid(), -code)
    os._exit(abs(code))
