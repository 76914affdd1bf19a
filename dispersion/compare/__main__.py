"""``python -m dispersion.compare``."""

import sys
from collections.abc import Callable
from contextlib import suppress

from dispersion.commands import run_command
from dispersion.errors import InputError
from dispersion.shadows import refuse_shadow


def _load() -> Callable[[], int]:
    """The command, with what it imports unless a package is hidden, which it will say itself."""
    from dispersion.compare import main

    with suppress(InputError):
        refuse_shadow("solvers")
        import dispersion.study.stages
        import dispersion.study.store  # noqa: F401
    return main


if __name__ == "__main__":
    sys.exit(run_command(_load))
