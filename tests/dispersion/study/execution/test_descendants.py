"""Tests of what a solve has started: its memory counts, and it does not outlive the solve."""

from __future__ import annotations

import os
import subprocess
import sys
import time

import psutil

from dispersion.study.execution.descendants import kill_descendants, occupied

CHILD = "import time; held = b'1' * 200_000_000; print('ready', flush=True); time.sleep(60)"
PARENT = (
    "import subprocess, sys, time\n"
    f"child = subprocess.Popen([sys.executable, '-c', {CHILD!r}], stdout=subprocess.PIPE, text=True)\n"
    "print(child.stdout.readline().strip(), child.pid, flush=True)\n"
    "time.sleep(60)\n"
)


def ended(pid: int) -> bool:
    """Whether a process ends within ten seconds, though its parent may not have noticed."""
    for _ in range(100):
        if not psutil.pid_exists(pid) or psutil.Process(pid).status() == psutil.STATUS_ZOMBIE:
            return True
        time.sleep(0.1)
    return False


def test_descendants_are_counted_and_killed():
    """A child of the process that solves; the process itself is left to its owner."""
    parent = subprocess.Popen([sys.executable, "-c", PARENT], stdout=subprocess.PIPE, text=True)
    try:
        assert parent.stdout is not None
        ready, child = parent.stdout.readline().split()
        assert ready == "ready"
        assert occupied(parent.pid) > 200_000_000
        kill_descendants(parent.pid)
        assert ended(int(child))
        assert parent.poll() is None
    finally:
        parent.kill()
        parent.communicate()


def test_a_process_that_has_ended_holds_nothing():
    """And has nobody to be killed."""
    done = subprocess.Popen([sys.executable, "-c", ""])
    done.wait()
    assert occupied(done.pid) == 0
    kill_descendants(done.pid)
    assert occupied(os.getpid()) > 0


def test_a_process_that_was_never_started_has_none():
    """And nothing of ours is killed in its place."""
    with subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE) as child:
        assert occupied(None) == 0
        kill_descendants(None)
        assert child.poll() is None
        child.kill()
