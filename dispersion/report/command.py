"""The command line of ``python -m dispersion.report``."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence

from dispersion.errors import DispersionError
from dispersion.report.page import write_pictures, write_report
from dispersion.study.reading import read_study
from dispersion.study.tables import FORMATS, print_study
from dispersion.terminal.output import Output
from dispersion.terminal.parsing import Parser, path_of
from dispersion.terminal.printable import printable
from dispersion.version import __version__

EXIT_INPUT = 2


def parser() -> argparse.ArgumentParser:
    """What can be asked; raises `InputError` where argparse would leave the program."""
    made = Parser(
        prog="python -m dispersion.report",
        description="Rebuild a study's output from its folder: print the tables, draw the pictures,\n"
        "and write report.html, one page that needs no network.",
        epilog="""\
example:
  python -m dispersion.report results/vgg16-20260101-120000

exit codes: 0 success; 2 the folder contains no study, or a file in it is damaged
""",
    )
    made.add_argument("--version", action="version", version=__version__, help="print the version")
    made.add_argument(
        "folder", type=path_of, metavar="FOLDER", help="folder of the study, as --out named it"
    )
    made.add_argument(
        "--format",
        default="table",
        choices=FORMATS,
        metavar="NAME",
        help="what to print: table, markdown, csv (solves) or json (default: %(default)s)",
    )
    made.add_argument(
        "--paver",
        type=path_of,
        metavar="OUT",
        help="write a trace file for every solver into this folder, for PAVER (default: off)",
    )
    return made


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line; returns the exit code (see ``--help``)."""
    try:
        given = parser().parse_args(arguments)
        study = read_study(given.folder)
        write_pictures(given.folder, study)
        page = write_report(given.folder, study)
        traces = [] if given.paver is None else study.write_paver(given.paver)
        print_study(given.format, study.solves, study.networks, Output())
    except (DispersionError, OSError) as error:  # OSError: a file that the system refuses
        print(f"error: {printable(str(error))}", file=sys.stderr)
        return EXIT_INPUT
    print(f"report in {printable(str(page))}", file=sys.stderr)
    if traces:
        print(f"{len(traces)} trace files in {printable(str(given.paver))}", file=sys.stderr)
    return 0
