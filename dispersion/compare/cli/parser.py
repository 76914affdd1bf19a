"""The command line of ``python -m dispersion.compare``, with units and defaults."""

from __future__ import annotations

import argparse

from dispersion.compare.cli.listing import LISTS, listed
from dispersion.compare.cli.network_arguments import add_filters, add_network, add_testing
from dispersion.compare.cli.solving_arguments import (
    add_instances,
    add_output,
    add_restrictions,
    add_solving,
)
from dispersion.compare.cli.words import OFF, either
from dispersion.terminal.parsing import Parser
from dispersion.version import __version__

_EPILOG = """\
examples:
  python -m dispersion.compare --instance generate:geo:n=100,p=10,seed=1
  python -m dispersion.compare --instance mine.csv --p 10 --solvers clique greedy --out mine
  python -m dispersion.compare --model vgg16 --recover bn

exit codes: 0 success, even if solves were skipped; 1 a contradiction, or a solver that failed;
2 bad input, or results that cannot be written; 130 interrupted (what was finished is kept)
"""


class _List(argparse.Action):
    """Print the names of one kind, and leave."""

    def __call__(
        self,
        parser: argparse.ArgumentParser,
        namespace: argparse.Namespace,
        values: object,
        option_string: str | None = None,
    ) -> None:
        print("\n".join(listed(str(values))))
        parser.exit()


def parser() -> argparse.ArgumentParser:
    """Everything that can be asked; raises `InputError` where argparse would leave the program."""
    made = Parser(
        prog="python -m dispersion.compare",
        usage="%(prog)s [--model NAME | --instance FILE ...] [options]",
        description="Compare solvers on the filters of a network, prune it with every selection, and "
        "report gap,\ntime and accuracy; or compare solvers on instances.",
        epilog=_EPILOG,
    )
    made.add_argument(
        "--list",
        action=_List,
        metavar="WHAT",
        help=f"print the names of {either(LISTS)}",
        default=argparse.SUPPRESS,
    )
    made.add_argument(
        "--quick",
        action="store_true",
        help=f"every stage within 20 s, on a toy if you name nothing {OFF}",
    )
    made.add_argument("--version", action="version", version=__version__, help="print the version")
    for add_group in (
        *(add_network, add_filters, add_testing),
        *(add_instances, add_restrictions, add_solving, add_output),
    ):
        add_group(made)
    return made
