"""The command line of ``python -m dispersion.report``."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import NoReturn

from dispersion.errors import DispersionError, InputError
from dispersion.report.page import write_report
from dispersion.version import __version__

EXIT_INPUT = 2


class _Parser(argparse.ArgumentParser):
    def error(self, message: str) -> NoReturn:
        raise InputError(f"{message}; see --help.")


def parser() -> argparse.ArgumentParser:
    """What can be asked; raises `InputError` where argparse would leave the program."""
    made = _Parser(
        prog="python -m dispersion.report",
        description="Make report.html anew from the folder that a study left: tables, pictures and all "
        "in one file that needs no network.",
        epilog="Exit codes: 0 all is well; 2 the folder is none of a study, or a file is damaged.",
    )
    made.add_argument("--version", action="version", version=__version__)
    made.add_argument("folder", type=Path, metavar="FOLDER", help="what --out named when it was made")
    return made


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line; returns the exit code (see ``--help``)."""
    try:
        print(write_report(parser().parse_args(arguments).folder))
    except (DispersionError, OSError) as error:  # OSError: a file that the system refuses
        print(f"error: {error}", file=sys.stderr)
        return EXIT_INPUT
    return 0
