"""Options about instances, solves, and results."""

from __future__ import annotations

import argparse

from dispersion.arrays.graphs import UNREACHABLE
from dispersion.arrays.matrices import SYMMETRIC
from dispersion.compare.cli.words import ALL, LOUD, OFF, QUIET, either
from dispersion.library import PREFIX
from dispersion.objectives import objectives
from dispersion.study.tables import FORMATS
from dispersion.terminal.parsing import path_of, real_number, whole_number


def _unreachable(text: str) -> str | float:
    """What is done where nodes of a graph are not joined."""
    return text if text in UNREACHABLE else real_number(text)


_unreachable.__name__ = "distance"  # what argparse calls it in messages


def add_instances(parser: argparse.ArgumentParser) -> None:
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
        help=f"{either(SYMMETRIC)} where the distances of a pair differ (default: refuse)",
    )
    add(
        "--coordinates",
        nargs="+",
        metavar="COLUMN",
        help="columns with the coordinates of points (default: latitude and longitude, or all)",
    )
    add("--label", metavar="COLUMN", help="column with the names of the points (default: by its title)")
    add(
        "--nodes",
        nargs="+",
        metavar="NODE",
        help="nodes of a graph that may be chosen (default: all)",
    )
    add(
        "--unreachable",
        type=_unreachable,
        metavar="HOW",
        help="a distance, or largest (component) of a graph that is not connected (default: refuse)",
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


def add_restrictions(parser: argparse.ArgumentParser) -> None:
    """Which selections of an instance are allowed."""
    add = parser.add_argument_group("which selections of instances are allowed").add_argument
    add(
        "--required",
        type=whole_number,
        nargs="+",
        metavar="POINT",
        help="points, counted from 0, that every selection holds (default: none)",
    )
    add(
        "--excluded",
        type=whole_number,
        nargs="+",
        metavar="POINT",
        help="points that no selection holds (default: none)",
    )
    add(
        "--groups",
        type=path_of,
        metavar="FILE",
        help="the group of every point, a line each; several by ; (default: none)",
    )
    add(
        "--quota",
        nargs="+",
        metavar="GROUP=N",
        help="points of a group to choose: a=2, at least a=2:, at most a=:5, a=2:5 (default: any)",
    )


def add_solving(parser: argparse.ArgumentParser) -> None:
    """What is solved, by whom, with what."""
    add = parser.add_argument_group("solving").add_argument
    add(
        "--objective",
        default="max-min",
        metavar="NAME",
        help=f"what to maximise: {either(objectives)} (default: %(default)s)",
    )
    add(
        "--at-least",
        type=real_number,
        nargs="+",
        metavar="D",
        help=f"pack as many points as possible that are so far apart {OFF}",
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
        default=5.0,
        metavar="SECONDS",
        help="wall-clock limit per solve, building included (default: %(default)s)",
    )
    add(
        "--gap",
        type=real_number,
        default=0.0,
        metavar="SHARE",
        help="end a solve at a gap of SHARE, as 0.01; 0 asks for a proof (default: %(default)s)",
    )
    add(
        "--recheck",
        type=real_number,
        metavar="SECONDS",
        help=f"derive the proof of every optimum again, so long at most {OFF}",
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
        "--engine-seeds",
        type=whole_number,
        default=1,
        metavar="N",
        help="number of seeds for solvers whose engine takes one (default: %(default)s)",
    )
    add(
        "--repeat",
        type=whole_number,
        default=1,
        metavar="N",
        help="solve N times with the same seed, show the middle time (default: %(default)s)",
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
        help=f"repeat the failed solves of a resumed study {OFF}",
    )


def add_output(parser: argparse.ArgumentParser) -> None:
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
        help=f"write the solvers' models as .lp and .mps before solving {OFF}",
    )
    add(
        "--format",
        default="table",
        choices=FORMATS,
        metavar="NAME",
        help=f"what to print: {either(FORMATS)} (default: %(default)s)",
    )
    add(
        "-v",
        "--verbose",
        dest="log_level",
        action="store_const",
        const=LOUD,
        help=f"print every step, as log.txt has it {OFF}",
    )
    add(
        "-q",
        "--quiet",
        dest="log_level",
        action="store_const",
        const=QUIET,
        help=f"print only what went wrong {OFF}",
    )
