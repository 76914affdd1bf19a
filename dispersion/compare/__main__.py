"""``python -m dispersion.compare``."""

import sys
from collections.abc import Callable
from contextlib import suppress

from dispersion.errors import InputError
from dispersion.terminal.commands import run_command
from dispersion.terminal.shadows import refuse_shadow

_SHORT = {"-h", "--help", "--list", "--version"}  # answered without what solves need


def _load() -> Callable[[], int]:
    """The command, with what it imports unless a package is hidden, which it will say itself."""
    from dispersion.compare import main

    with suppress(InputError):
        refuse_shadow("solvers")
        if not _SHORT & set(sys.argv[1:]):
            import dispersion.compare.stages
            import dispersion.study.folder.store  # noqa: F401
    return main


def command() -> int:
    """The console script ``p-dispersion``; returns the exit code."""
    return run_command(_load)


if __name__ == "__main__":
    sys.exit(command())
