"""The command line of ``python -m dispersion.compare``, with units and defaults."""

from __future__ import annotations

import argparse
from collections.abc import Iterable

from dispersion.arrays.matrices import SYMMETRIC
from dispersion.compare.cli.listing import LISTS, listed
from dispersion.library import PREFIX
from dispersion.objectives import objectives
from dispersion.study.tables import FORMATS
from dispersion.terminal.parsing import Parser, path_of, real_number, whole_number
from dispersion.version import __version__

DEFAULT_MODEL = "vgg16"
ALL = "all"  # of the solvers, or of the criteria
NONE = "none"  # of the recoveries
LOUD, USUAL, QUIET = "debug", "info", "warning"  # levels of the log that is shown
_EPILOG = """\
examples:
  python -m dispersion.compare --instance generate:geo:n=100,p=10,seed=1
  python -m dispersion.compare --instance mine.csv --p 10 --solvers clique greedy --out mine
  python -m dispersion.compare --model vgg16 --recover bn --test-images 2000

exit codes: 0 success, even if solves were skipped; 1 a contradiction, or a solver that failed;
2 bad input, or results that cannot be written; 130 interrupted (what was finished is kept)
"""
_OFF = "(default: off)"


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


def _network(parser: argparse.ArgumentParser) -> None:
    """Which network, and which of its layers."""
    add = parser.add_argument_group("network").add_argument
    add(
        "--model",
        metavar="NAME",
        help=f"network to prune, see --list models (default: {DEFAULT_MODEL})",
    )
    add(
        "--weights",
        type=path_of,
        metavar="FILE",
        help="your own .safetensors, .pt or .pth for it (default: the published ones)",
    )
    add(
        "--layers",
        default="inner",
        metavar="WHICH",
        help="inner, all (tied layers too), or names and patterns (default: %(default)s)",
    )


def _filters(parser: argparse.ArgumentParser) -> None:
    """Which of its filters stay."""
    add = parser.add_argument_group("choosing filters").add_argument
    add(
        "--metric",
        default="euclidean",
        metavar="NAME",
        help="distance of filters or points, see --list metrics (default: %(default)s)",
    )
    add(
        "--space",
        default="weights",
        metavar="NAME",
        help="what filters are as points, see --list spaces (default: %(default)s)",
    )
    add(
        "--keep",
        nargs="+",
        default=["0.5"],
        metavar="SHARE",
        help="share of the filters that every layer keeps, in (0, 1] (default: 0.5)",
    )
    add(
        "--budget",
        nargs="+",
        metavar="WHAT=SHARE",
        help="instead of --keep: macs=0.5 or params=0.4 may remain (default: off)",
    )
    add(
        "--allocation",
        default="uniform",
        metavar="NAME",
        help="how layers divide a --budget, see --list allocations (default: %(default)s)",
    )
    add(
        "--criterion",
        metavar="NAME",
        help="whose scores an allocation of a --budget compares (default: l1)",
    )
    add(
        "--methods",
        nargs="+",
        metavar="NAME",
        help=f"criteria to compare too, see --list criteria, or {ALL} (default: none)",
    )


def _instances(parser: argparse.ArgumentParser) -> None:
    """Which instances, instead of a network."""
    add = parser.add_argument_group("instances, in place of a network").add_argument
    add(
        "--instance",
        nargs="+",
        metavar="FILE",
        help=f"instance files, or {PREFIX}geo:n=500,p=50,seed=1 (default: none)",
    )
    add(
        "--input-format",
        metavar="NAME",
        help="format of the files, see --list formats (default: by content)",
    )
    add(
        "--symmetric",
        choices=tuple(SYMMETRIC),
        metavar="HOW",
        help=f"{_or(SYMMETRIC)} where the distances of a pair differ (default: refuse)",
    )
    add(
        "--p",
        type=whole_number,
        nargs="+",
        metavar="P",
        help="how many points to choose (default: as published, or in the file)",
    )
    add(
        "--known",
        type=path_of,
        metavar="FILE",
        help="csv of published values, see the documentation (default: none)",
    )


def _or(names: Iterable[str]) -> str:
    """``mean, min or max``."""
    *first, last = names
    return f"{', '.join(first)} or {last}"


def _solving(parser: argparse.ArgumentParser) -> None:
    """What is solved, by whom, with what."""
    add = parser.add_argument_group("solving").add_argument
    add(
        "--objective",
        default="max-min",
        metavar="NAME",
        help=f"what to maximise: {_or(objectives)} (default: %(default)s)",
    )
    add(
        "--solvers",
        nargs="+",
        metavar="NAME",
        help=f"solvers to compare, {ALL}, or package.module:function of yours "
        "(default: those without a * in --list solvers)",
    )
    add(
        "--time-limit",
        type=real_number,
        default=10.0,
        metavar="SECONDS",
        help="wall-clock limit per solve, building included (default: %(default)s)",
    )
    add(
        "--recheck",
        type=real_number,
        metavar="SECONDS",
        help=f"derive the proof of every optimum again, so long at most {_OFF}",
    )
    add(
        "--threads",
        type=whole_number,
        default=1,
        metavar="N",
        help="threads per solve (default: %(default)s)",
    )
    add(
        "--seed",
        type=whole_number,
        default=0,
        metavar="N",
        help="first seed of everything that draws random numbers (default: %(default)s)",
    )
    add(
        "--random-seeds",
        type=whole_number,
        default=3,
        metavar="N",
        help="number of seeds for solvers and criteria that do (default: %(default)s)",
    )
    add(
        "--jobs",
        type=whole_number,
        metavar="N",
        help="solves at a time; several lengthen times and mark them (default: 1)",
    )
    add(
        "--memory",
        type=real_number,
        metavar="GIB",
        help="memory limit per solve; beyond it, the solve fails (default: none)",
    )
    add(
        "--scheduler",
        metavar="ADDRESS",
        help="solve on this Dask cluster, as tcp://host:8786 (default: this machine)",
    )
    add(
        "--retry-failures",
        action="store_true",
        help=f"repeat the failed solves of a resumed study {_OFF}",
    )


def _testing(parser: argparse.ArgumentParser) -> None:
    """How pruned networks are tested."""
    add = parser.add_argument_group("testing the network").add_argument
    add(
        "--data",
        metavar="NAME|FOLDER",
        help="images, see --list data (default: what the model was trained on)",
    )
    add("--test-images", type=whole_number, metavar="N", help="test images, the first N (default: all)")
    add(
        "--calibration-images",
        type=whole_number,
        default=1000,
        metavar="N",
        help="training images for recoveries and criteria (default: %(default)s)",
    )
    add(
        "--recover",
        nargs="+",
        default=["bn", "ls"],
        metavar="NAME",
        help=f"recoveries after the cut, see --list recoveries, or {NONE} (default: bn ls)",
    )
    add(
        "--epochs",
        type=whole_number,
        default=3,
        metavar="N",
        help="epochs of fine-tuning (default: %(default)s)",
    )
    add(
        "--lr",
        type=real_number,
        default=0.01,
        metavar="X",
        help="first learning rate of fine-tuning; it falls to 0 (default: %(default)s)",
    )
    add(
        "--train-images",
        type=whole_number,
        metavar="N",
        help="images for fine-tuning, the first N (default: all)",
    )
    add("--latency", action="store_true", help=f"time each pruned network against the original {_OFF}")
    add(
        "--device",
        default="cpu",
        metavar="NAME",
        help="where networks run: cpu, cuda, cuda:1, ... (default: %(default)s)",
    )


def _output(parser: argparse.ArgumentParser) -> None:
    """Where results go."""
    add = parser.add_argument_group("output").add_argument
    add(
        "--out",
        type=path_of,
        metavar="FOLDER",
        help="results; a study there is resumed (default: results/NAME-DATE-TIME)",
    )
    add(
        "--config",
        type=path_of,
        metavar="FILE",
        help="TOML file of options; the command line comes first (default: none)",
    )
    add(
        "--export",
        type=path_of,
        metavar="FOLDER",
        help=f"write the solvers' models as .lp and .mps before solving {_OFF}",
    )
    add(
        "--format",
        default="table",
        choices=FORMATS,
        metavar="NAME",
        help=f"what to print: {_or(FORMATS)} (default: %(default)s)",
    )
    add(
        "-v",
        "--verbose",
        dest="log_level",
        action="store_const",
        const=LOUD,
        help=f"print every step, as log.txt has it {_OFF}",
    )
    add(
        "-q",
        "--quiet",
        dest="log_level",
        action="store_const",
        const=QUIET,
        help=f"print only what went wrong {_OFF}",
    )


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
        help=f"print the names of {_or(LISTS)}",
        default=argparse.SUPPRESS,
    )
    made.add_argument("--version", action="version", version=__version__, help="print the version")
    for add_group in (_network, _filters, _testing, _instances, _solving, _output):
        add_group(made)
    return made
