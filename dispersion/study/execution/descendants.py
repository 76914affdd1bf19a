"""Processes that a solve has started, such as an engine that is a program of its own."""

from __future__ import annotations

from contextlib import suppress

import psutil


def _family(pid: int | None) -> list[psutil.Process]:
    """A process and all that descend from it; empty if it has ended, or was never started."""
    if pid is None:  # psutil would take this process
        return []
    try:
        process = psutil.Process(pid)
        return [process, *process.children(recursive=True)]
    except psutil.NoSuchProcess:
        return []


def occupied(pid: int | None) -> int:
    """Bytes of memory that a process and its descendants occupy; 0 if it has ended."""
    held = 0
    for one in _family(pid):
        with suppress(psutil.NoSuchProcess):  # it ended meanwhile
            held += int(one.memory_info().rss)
    return held


def kill_descendants(pid: int | None) -> None:
    """Kill all that descend from a process, but not itself; to be called before it is killed."""
    for one in _family(pid)[1:]:
        with suppress(psutil.NoSuchProcess):
            one.kill()
