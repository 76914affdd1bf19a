"""What ``python -m dispersion.compare`` can be asked, with units and defaults."""

from __future__ import annotations

import argparse
import math
import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import NoReturn

from dispersion.errors import InputError
from dispersion.metrics import metrics
from dispersion.objectives import objectives
from dispersion.study.tables import FORMATS
from dispersion.version import __version__
from solvers.base import Limits, find, solvers_for


@dataclass(frozen=True)
class Options:
    """The command line, checked.  Units: seconds, counts, and shares between 0 and 1."""

    model: str
    weights: Path | None
    data: str | None
    layers: str
    keep: tuple[float, ...]
    metric: str
    objective: str
    solvers: tuple[str, ...]
    limits: Limits
    random_seeds: int
    jobs: int
    test_images: int | None
    calibration_images: int
    out: Path | None
    device: str
    format: str


class _Parser(argparse.ArgumentParser):
    def error(self, message: str) -> NoReturn:
        raise InputError(f"{message}; see --help.")


def _listed(summaries: dict[str, str]) -> str:
    """Names with what they are, as argparse wants them: a percent sign is doubled."""
    return "; ".join(f"{name}: {text}" for name, text in summaries.items()).replace("%", "%%")


def _network(parser: argparse.ArgumentParser) -> None:
    """Which network, and how much of it stays."""
    add = parser.add_argument_group("network").add_argument
    add(
        "--model",
        default="vgg16",
        metavar="NAME",
        help="vgg16 or resnet56 (trained on CIFAR-10, fetched once), or torchvision:NAME "
        "(default: %(default)s)",
    )
    add(
        "--weights",
        type=Path,
        metavar="FILE",
        help="a checkpoint of yours for that model: .safetensors, .pt or .pth "
        "(default: the published one)",
    )
    add(
        "--layers",
        default="inner",
        metavar="WHICH",
        help="inner: convolutions that share their channels with no other (all 13 of vgg16, the "
        "first of every block of resnet56); all: also those tied by additions, pruned as one; or "
        "names and patterns, comma-separated (default: %(default)s)",
    )
    add(
        "--keep",
        type=float,
        nargs="+",
        default=[0.5],
        metavar="SHARE",
        help="share of the filters every layer keeps, in (0, 1]; several are compared (default: 0.5)",
    )


def _solving(parser: argparse.ArgumentParser) -> None:
    """What is solved, by whom, with what."""
    known = " ".join(
        f"For {goal}: {_listed({info.name: info.summary for info in solvers_for(goal)})}."
        for goal in objectives
    )
    distances = _listed({name: metrics[name].summary for name in metrics})
    goals = _listed({name: objectives[name].summary for name in objectives})
    add = parser.add_argument_group("solving").add_argument
    add("--metric", default="euclidean", metavar="NAME", help=f"{distances} (default: %(default)s)")
    add("--objective", default="max-min", metavar="NAME", help=f"{goals} (default: %(default)s)")
    add(
        "--solvers",
        nargs="+",
        metavar="NAME",
        help=f"which to compare (default: all of the objective). {known}",
    )
    add(
        "--time-limit",
        type=float,
        default=10.0,
        metavar="SECONDS",
        help="wall-clock seconds for building and solving, per solve (default: %(default)s)",
    )
    add("--threads", type=int, default=1, metavar="N", help="threads per solve (default: %(default)s)")
    add(
        "--seed",
        type=int,
        default=0,
        metavar="N",
        help="seed of every random choice (default: %(default)s)",
    )
    add(
        "--random-seeds",
        type=int,
        default=3,
        metavar="N",
        help="random selections, from the seed on, and the mean of their networks "
        "(default: %(default)s)",
    )
    add(
        "--jobs",
        type=int,
        metavar="N",
        help="solves at a time, each in its own process (default: cores / threads)",
    )


def _testing(parser: argparse.ArgumentParser) -> None:
    """How pruned networks are judged."""
    add = parser.add_argument_group("testing").add_argument
    add(
        "--data",
        metavar="NAME|FOLDER",
        help="cifar10, or a folder with train/CLASS/*.png and test/CLASS/*.png "
        "(default: what the model was trained on)",
    )
    add("--test-images", type=int, metavar="N", help="test images, the first N (default: all)")
    add(
        "--calibration-images",
        type=int,
        default=1000,
        metavar="N",
        help="training images for batch-norm re-estimation, drawn by the seed (default: %(default)s)",
    )
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
        type=Path,
        metavar="FOLDER",
        help="where results go; must not hold an earlier run (default: results/MODEL-DATE-TIME)",
    )
    add(
        "--format",
        default="table",
        choices=FORMATS,
        help="what is printed: csv holds the solves, json everything (default: %(default)s)",
    )


def _parser() -> argparse.ArgumentParser:
    parser = _Parser(
        prog="python -m dispersion.compare",
        description="Compare p-dispersion solvers on the filters of a trained network, prune the "
        "network with every solution, and report gap, time and accuracy.",
        epilog="Exit codes: 0 all is well; 1 two answers contradict each other or a solver failed; "
        "2 bad input, or results that cannot be written; 130 interrupted (what was finished is kept).",
    )
    parser.add_argument("--version", action="version", version=__version__)
    for add_group in (_network, _solving, _testing, _output):
        add_group(parser)
    return parser


def _count(name: str, value: int | None, least: int = 1) -> None:
    if value is not None and value < least:
        raise InputError(f"{name} must be at least {least}, got {value}.")


def parse(arguments: Sequence[str] | None = None) -> Options:
    """Read and check the command line.

    Raises
    ------
    InputError
        An option is unknown, malformed or out of range; `UnknownNameError` names the nearest known.
    """
    given = _parser().parse_args(arguments)
    for keep in given.keep:
        if not 0.0 < keep <= 1.0:
            raise InputError(f"--keep must lie in (0, 1], got {keep:g}.")
    metrics[given.metric]
    names = given.solvers or [info.name for info in solvers_for(given.objective)]
    for name in names:
        find(name, given.objective)
    _count("--random-seeds", given.random_seeds)
    _count("--jobs", given.jobs)
    _count("--test-images", given.test_images)
    _count("--calibration-images", given.calibration_images, least=2)
    limits = Limits(given.time_limit, given.threads, given.seed)
    if not math.isfinite(limits.seconds):
        raise InputError(f"--time-limit must be a finite number of seconds, got {limits.seconds}.")
    if "random" in names and given.seed + given.random_seeds > 2**31:
        raise InputError(
            f"--seed {given.seed} and the {given.random_seeds - 1} after it, which --random-seeds "
            "asks for, must be below 2**31."
        )
    return Options(
        model=given.model,
        weights=given.weights,
        data=given.data,
        layers=given.layers,
        keep=tuple(dict.fromkeys(given.keep)),
        metric=given.metric,
        objective=given.objective,
        solvers=tuple(dict.fromkeys(names)),
        limits=limits,
        random_seeds=given.random_seeds,
        jobs=given.jobs or max(1, (os.cpu_count() or 1) // given.threads),
        test_images=given.test_images,
        calibration_images=given.calibration_images,
        out=given.out,
        device=given.device,
        format=given.format,
    )
