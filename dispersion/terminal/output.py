"""Where results are printed: a terminal, a file, or a pipe whose reader may leave at any time."""

from __future__ import annotations

import io
import os
import sys

from rich.console import Console

_WIDE = 250  # columns; without a terminal, tables take what they need


class Output(Console):
    """Standard output.  What a reader that has left does not take is lost, and nothing else is."""

    def __init__(self) -> None:
        if isinstance(sys.stdout, io.TextIOWrapper):
            sys.stdout.reconfigure(errors="replace")  # a narrow encoding costs a character
        terminal = sys.stdout is not None and sys.stdout.isatty()
        super().__init__(width=None if terminal else _WIDE)

    def on_broken_pipe(self) -> None:
        """Print nothing more; rich would end the command, and with a code that means another thing."""
        self.quiet = True
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
