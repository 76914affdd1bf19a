"""How the commands of these packages begin and end: Ctrl-C at any time, and readers that have left."""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Callable
from contextlib import suppress
from itertools import pairwise
from types import FrameType
from typing import Any

EXIT_INPUT, EXIT_INTERRUPTED, EXIT_PIPE = 2, 130, 141  # the last: 128 + SIGPIPE, as of other programs
_OURS = ("dispersion.compare", "dispersion.report", "pruning.train")
_SCRIPT = "p-dispersion"  # the console script of the first


def _leave(_signal: int, _frame: FrameType | None) -> None:
    """End the process while it imports, which would swallow a KeyboardInterrupt or show it."""
    with suppress(OSError):
        os.write(2, b"interrupted before anything was done\n")
    os._exit(EXIT_INTERRUPTED)


def start() -> None:
    """Let Ctrl-C end a command of ours that Python is about to run; nothing in any other program.

    ``python -m dispersion.compare`` imports the package before a line of the command is run.
    """
    first = sys.argv[0] if sys.argv else ""  # "-m" until the command is found
    module = first == "-m" and any(a == "-m" and b in _OURS for a, b in pairwise(sys.orig_argv))
    if not module and os.path.splitext(os.path.basename(first))[0] != _SCRIPT:
        return
    if signal.getsignal(signal.SIGINT) is signal.default_int_handler:
        signal.signal(signal.SIGINT, _leave)


def run_command(load: Callable[[], Callable[[], int]]) -> int:
    """Run a command whose standard streams may be closed or full, and which Ctrl-C may end at any time.

    Parameters
    ----------
    load : callable
        Imports what the command needs and returns it; the command returns its exit code.

    Returns
    -------
    int
        The exit code: of the command; 130 if it was interrupted; 141 if it failed for want of a reader.
    """
    _open_streams()
    sys.stderr = _Deaf(sys.stderr) if sys.stderr is not None else None
    try:
        command = load()
        if signal.getsignal(signal.SIGINT) is _leave:
            signal.signal(signal.SIGINT, signal.default_int_handler)
        code = _exit_code(command)
        if sys.stdout is not None:
            sys.stdout.flush()
    except KeyboardInterrupt:
        _say("interrupted; files already written are whole")
        code = EXIT_INTERRUPTED
    except BrokenPipeError:
        code = EXIT_PIPE
    except OSError as error:
        _say(f"error: cannot write to standard output: {error.strerror}")
        code = EXIT_INPUT
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # what is left is Python's own end
    _drop_output()
    return code


def _exit_code(command: Callable[[], int]) -> int:
    try:
        return command()
    except SystemExit as end:  # of argparse, after --help
        return end.code if isinstance(end.code, int) else 0


def _say(text: str) -> None:
    if sys.stderr is not None:
        print(text, file=sys.stderr)


def _open_streams() -> None:
    """Open what is closed of standard input, output and error.

    The next file would get its number, and whatever an engine prints would be written into that.
    """
    while (descriptor := os.open(os.devnull, os.O_RDWR)) < 3:
        pass
    os.close(descriptor)


def _drop_output() -> None:
    """Send what is still to be written nowhere, if it cannot be written: Python would complain."""
    if sys.stdout is None:
        return
    try:
        sys.stdout.flush()
    except OSError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


class _Deaf:
    """Standard error that says nothing if nobody can hear it any more."""

    def __init__(self, stream: Any) -> None:
        self._stream = stream

    def write(self, text: str) -> int:
        """Write, if that is possible."""
        with suppress(OSError):
            self._stream.write(text)
        return len(text)

    def flush(self) -> None:
        """Flush, if that is possible."""
        with suppress(OSError):
            self._stream.flush()

    def __getattr__(self, name: str) -> Any:
        return getattr(self._stream, name)
