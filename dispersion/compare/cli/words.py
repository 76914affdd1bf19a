"""Words that the command line, and what reads it, have in common."""

from __future__ import annotations

from collections.abc import Iterable

DEFAULT_MODEL = "vgg16"
ALL = "all"  # of the solvers, of the criteria, or of the test images
NONE = "none"  # of the recoveries
LOUD, USUAL, QUIET = "debug", "info", "warning"  # levels of the log that is shown
OFF = "(default: off)"
USUAL_TEST_IMAGES = 2_000  #: at 90 % accuracy, a 95 % interval of ± 1.3 percentage points


def either(names: Iterable[str]) -> str:
    """``mean, min or max``."""
    *first, last = names
    return f"{', '.join(first)} or {last}"
