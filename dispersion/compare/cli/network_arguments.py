"""Options about a network: which, which of its filters stay, and how what is left is tested."""

from __future__ import annotations

import argparse

from dispersion.compare.cli.words import ALL, DEFAULT_MODEL, NONE, OFF, USUAL_TEST_IMAGES
from dispersion.terminal.parsing import path_of, real_number, whole_number


def _count_or_all(text: str) -> int | str:
    return ALL if text == ALL else whole_number(text)


_count_or_all.__name__ = "int"  # what argparse calls it in messages


def add_network(parser: argparse.ArgumentParser) -> None:
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
        help="inner, inner:2 (two), all (tied ones too), or patterns (default: %(default)s)",
    )


def add_filters(parser: argparse.ArgumentParser) -> None:
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
    add(
        "--stay",
        nargs="+",
        metavar="LAYER=I,J",
        help="filters, counted from 0, that everybody keeps (default: none)",
    )
    add(
        "--go",
        nargs="+",
        metavar="LAYER=I,J",
        help="filters that nobody keeps (default: none)",
    )


def add_testing(parser: argparse.ArgumentParser) -> None:
    """How pruned networks are tested."""
    add = parser.add_argument_group("testing the network").add_argument
    add(
        "--data",
        metavar="NAME|FOLDER",
        help="images, see --list data (default: what the model was trained on)",
    )
    add(
        "--test-images",
        type=_count_or_all,
        metavar="N",
        help=f"test images, the first N, or {ALL}; at 90 % accuracy, {USUAL_TEST_IMAGES} of them leave "
        f"± 1.3 percentage points (default: {USUAL_TEST_IMAGES} at most)".replace("%", "%%"),
    )
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
        default=["ls"],
        metavar="NAME",
        help=f"recoveries after the cut, see --list recoveries, or {NONE} (default: ls)",
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
    add("--latency", action="store_true", help=f"time each pruned network against the original {OFF}")
    add(
        "--device",
        default="cpu",
        metavar="NAME",
        help="where networks run: cpu, cuda, cuda:1, ... (default: %(default)s)",
    )
