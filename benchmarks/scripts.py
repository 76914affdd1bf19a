"""What the scripts of this folder share: their options, and how they end."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable
from pathlib import Path

from dispersion.errors import DispersionError


def study_parser(module: str, about: str | None, solver: str, threads: int) -> argparse.ArgumentParser:
    """The options of a script that makes a study."""
    parser = argparse.ArgumentParser(f"python -m {module}", description=about)
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    add = parser.add_argument
    add("--out", type=Path, required=True, metavar="FOLDER", help="where it goes, or is resumed")
    add("--limit", type=float, default=60.0, metavar="SECONDS", help="per solve (default: 60)")
    add("--threads", type=int, default=threads, metavar="N", help="per solve (default: %(default)s)")
    add("--solver", default=solver, metavar="NAME", help="who solves (default: %(default)s)")
    return parser


def ended(work: Callable[[], int]) -> int:
    """The exit code of a script: that of its work, 2 for bad input, 130 when interrupted."""
    try:
        return work()
    except DispersionError as error:
        print(f"error: {error}", file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        print("interrupted; start again with the same folder to resume", file=sys.stderr)
        return 130


def outcome_code(outcome: str) -> int:
    """The exit code of a study: 1 for any fault."""
    return {"complete": 0, "interrupted": 130}.get(outcome, 1)
