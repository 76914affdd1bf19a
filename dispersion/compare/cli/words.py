"""Words that the command line, and what reads it, have in common."""

from __future__ import annotations

from collections.abc import Iterable

DEFAULT_MODEL = "vgg16"
ALL = "all"  # of the solvers, or of the criteria
NONE = "none"  # of the recoveries
LOUD, USUAL, QUIET = "debug", "info", "warning"  # levels of the log that is shown
OFF = "(default: off)"


def either(names: Iterable[str]) -> str:
    """``mean, min or max``."""
    *first, last = names
    return f"{', '.join(first)} or {last}"
