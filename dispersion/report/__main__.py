"""``python -m dispersion.report``."""

import sys
from collections.abc import Callable

from dispersion.errors import InputError
from dispersion.terminal.commands import EXIT_INPUT, run_command
from dispersion.terminal.printable import printable
from dispersion.terminal.shadows import refuse_shadow


def _load() -> Callable[[], int]:
    """The command, unless a package that it needs is hidden by another."""
    try:
        refuse_shadow("solvers")
    except InputError as error:
        print(f"error: {printable(str(error))}", file=sys.stderr)
        return lambda: EXIT_INPUT
    from dispersion.report.command import main

    return main


if __name__ == "__main__":
    sys.exit(run_command(_load))
