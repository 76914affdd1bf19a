"""Engines that are programs of their own: found, run within limits, and read by what they print."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
import tempfile
import threading
from collections.abc import Callable, Iterable, Sequence
from functools import cache
from pathlib import Path

from solvers.engines.common import Outcome
from solvers.engines.interrupts import run_interruptibly
from solvers.engines.program import Ask, Listener

MODEL = "model.lp"  #: the file that holds the model, in the folder a program runs in

_OVERRUN_SECONDS = 1.0  # that a program may take to end by itself
_VERSION = re.compile(r"\d+\.\d+(\.\d+)*")


def executable(name: str) -> str | None:
    """The path of a program on PATH, or beside this Python; `None` if it is not there."""
    return shutil.which(name) or shutil.which(name, path=str(Path(sys.executable).parent))


@cache
def version_of(path: str, *arguments: str) -> str | None:
    """The first version number in what a program prints; `None` if it does not run or prints none."""
    try:
        told = subprocess.run([path, *arguments], capture_output=True, text=True, timeout=60.0)
    except (OSError, subprocess.TimeoutExpired):
        return None
    found = _VERSION.search(told.stdout)
    return None if found is None else found.group()


class Job:
    """One run of a program in a folder of its own, which is gone after the block.

    Parameters
    ----------
    model : bytes
        What its LP file holds.

    Attributes
    ----------
    folder : Path
        Where it runs.
    finished : bool
        Whether the run ended by itself, and was not killed.
    """

    def __init__(self, model: bytes) -> None:
        self._model = model
        self._stopped = self.finished = False

    def __enter__(self) -> Job:
        self._scratch = tempfile.TemporaryDirectory()
        self.folder = Path(self._scratch.name)
        (self.folder / MODEL).write_bytes(self._model)
        return self

    def __exit__(self, *_: object) -> None:
        self._scratch.cleanup()

    def run(self, command: Sequence[str], ask: Ask, bounds: Callable[[str], Iterable[float]]) -> str:
        """Run it, pass on the bounds that it prints, and return all that it printed.

        Parameters
        ----------
        command : sequence of str
            The program and its arguments.
        ask : Ask
            Who hears of bounds; its time limit ends the program if that does not end by itself.
        bounds : callable
            Finds the bounds in a line that it printed.
        """
        # in a session of its own Ctrl-C reaches it through us only
        process = subprocess.Popen(
            command,
            cwd=self.folder,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            start_new_session=True,
        )
        listener, told = Listener(ask, process.kill), []

        def listen() -> int:
            assert process.stdout is not None
            for line in process.stdout:
                told.append(line)
                for bound in bounds(line):
                    listener.bound(bound)
            return process.wait()

        alarm = None
        if ask.limit is not None:
            alarm = threading.Timer(ask.limit + _OVERRUN_SECONDS, process.kill)
            alarm.start()
        try:
            code = run_interruptibly(listen, process.kill)
        finally:
            if alarm is not None:
                alarm.cancel()
            process.kill()
            if process.stdout is not None:
                process.stdout.close()
        listener.check()
        self._stopped, self.finished = listener.stopped, code >= 0
        return "".join(told)

    def text(self, name: str) -> str:
        """A file that the program has written; empty if it has not."""
        path = self.folder / name
        return path.read_text(encoding="utf-8", errors="replace") if path.exists() else ""

    def unfinished(self) -> Outcome:
        """How a run ended that did not get done."""
        return Outcome.STOPPED if self._stopped else Outcome.TIME_LIMIT
