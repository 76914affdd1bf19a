"""``python -m pruning.train``."""

import sys
from collections.abc import Callable

from dispersion.terminal.commands import run_command


def _load() -> Callable[[], int]:
    from pruning.train import main

    return main


if __name__ == "__main__":
    sys.exit(run_command(_load))
