"""Ctrl-C for engines that would swallow it."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor, wait
from typing import TypeVar

T = TypeVar("T")


def run_interruptibly(solve: Callable[[], T], stop: Callable[[], object]) -> T:
    """Call `solve` in a thread; on Ctrl-C call `stop`, wait for it to return, and raise.

    Compiled engines hold the thread they run in, so the interrupt would wait for the time limit.
    """
    with ThreadPoolExecutor(max_workers=1) as pool:
        running = pool.submit(solve)
        try:
            while not wait([running], timeout=0.1).done:
                pass
        except KeyboardInterrupt:
            stop()
            raise
    return running.result()
