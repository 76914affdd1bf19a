"""The command line of ``python -m pruning.train``, with units and defaults."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from dispersion.errors import InputError
from dispersion.terminal.parsing import Parser, real_number, whole_number
from dispersion.version import __version__
from pruning.training import Decay, Schedule

_SUFFIX = ".safetensors"


@dataclass(frozen=True, slots=True)
class Options:
    """The options of a training.

    Parameters
    ----------
    model, data, device : str
        As `load_network`, `load_images` and `resolve_device` read them.
    schedule : Schedule
        How to train.
    out : Path
        Where the weights go; no such file is there yet.
    weights : Path or None
        Where to start; None for random weights.
    train_images : int or None
        How many images to learn from; None for all that may be.
    """

    model: str
    data: str
    device: str
    schedule: Schedule
    out: Path
    weights: Path | None
    train_images: int | None

    @property
    def checkpoint(self) -> Path:
        """The file that keeps the latest epoch until the training is done."""
        return self.out.with_name(f"{self.out.name}.checkpoint")


def parse(arguments: Sequence[str] | None = None) -> Options:
    """Read the command line.

    Parameters
    ----------
    arguments : sequence of str or None
        None for the program's own.

    Raises
    ------
    InputError
        An unknown option, a value out of range, or an output file that exists or is no .safetensors.
    """
    given = _parser().parse_args(arguments)
    if given.out.suffix != _SUFFIX:
        raise InputError(f"--out must end in {_SUFFIX}, not {str(given.out)!r}")
    if given.out.exists():
        raise InputError(f"{str(given.out)!r} is there already; give another --out, or delete it")
    schedule = Schedule(
        epochs=given.epochs,
        batch=given.batch,
        rate=given.lr,
        momentum=given.momentum,
        weight_decay=given.weight_decay,
        decay=Decay(given.schedule),
        warm_up=given.warm_up,
        augment=not given.no_augmentation,
        label_smoothing=given.label_smoothing,
        seed=given.seed,
    )
    return Options(
        model=given.model,
        data=given.data,
        device=given.device,
        schedule=schedule,
        out=given.out,
        weights=given.weights,
        train_images=given.train_images,
    )


def _parser() -> argparse.ArgumentParser:
    made = Parser(
        prog="python -m pruning.train",
        usage="%(prog)s --model NAME --out FILE [options]",
        description="Train a network on labelled images, from random weights or from your own.  Every\n"
        "finished epoch is kept beside the output, in FILE.checkpoint: the same command resumes an\n"
        "interrupted training, and on the same kind of CPU it ends with the same weights.",
        epilog="""\
examples:
  python -m pruning.train --model resnet20 --epochs 30 --out resnet20.safetensors
  python -m pruning.train --model package.module:function --data images --out mine.safetensors

exit codes: 0 trained; 2 bad input, a training that diverged, or a file that cannot be written;
130 interrupted (finished epochs are kept)
""",
    )
    made.add_argument("--version", action="version", version=__version__, help="print the version")
    for add_group in (_what, _how):
        add_group(made)
    return made


def _what(parser: argparse.ArgumentParser) -> None:
    add = parser.add_argument_group("what").add_argument
    add(
        "--model",
        required=True,
        metavar="NAME",
        help="network to train, see python -m dispersion.compare --list models",
    )
    add(
        "--out",
        required=True,
        type=Path,
        metavar="FILE",
        help=f"new {_SUFFIX} file for the weights; load_network and --weights read it",
    )
    add(
        "--data",
        default="cifar10",
        metavar="NAME|FOLDER",
        help="cifar10 (45,000 training images, validated on 5,000) or a folder with "
        "train/CLASS/*.png and test/CLASS/*.png; tested once, at the end (default: %(default)s)",
    )
    add(
        "--train-images",
        type=whole_number,
        metavar="N",
        help="training images, drawn by the seed (default: all)",
    )
    add(
        "--weights",
        type=Path,
        metavar="START",
        help="checkpoint to begin with: .safetensors, .pt or .pth (default: random)",
    )
    add(
        "--device",
        default="cpu",
        metavar="NAME",
        help="cpu, cuda, cuda:1, ...; bfloat16 where it has it (default: %(default)s)",
    )


def _how(parser: argparse.ArgumentParser) -> None:
    usual = Schedule(epochs=30)
    add = parser.add_argument_group("how").add_argument
    numbers = (
        ("--epochs", whole_number, usual.epochs, "N", "passes over the training images"),
        ("--batch", whole_number, usual.batch, "N", "images per batch, at most"),
        ("--lr", real_number, usual.rate, "RATE", "highest learning rate; try 0.01 with --weights"),
        ("--momentum", real_number, usual.momentum, "SHARE", "Nesterov momentum, in [0, 1)"),
        ("--weight-decay", real_number, usual.weight_decay, "FACTOR", "L2 penalty on all parameters"),
        (
            "--warm-up",
            whole_number,
            usual.warm_up,
            "N",
            "epochs in which the learning rate grows from a tenth",
        ),
        (
            "--label-smoothing",
            real_number,
            usual.label_smoothing,
            "SHARE",
            "share of a label that is spread over all classes",
        ),
        (
            "--seed",
            whole_number,
            usual.seed,
            "N",
            "seed of starting weights, order, augmentation and dropout",
        ),
    )
    for name, kind, default, metavar, text in numbers:
        text = f"{text} (default: %(default)s)"
        add(name, type=kind, default=default, metavar=metavar, help=text)
    add(
        "--schedule",
        choices=[decay.value for decay in Decay],
        default=usual.decay.value,
        metavar="NAME",
        help="how the learning rate falls: cosine, or step (to a fifth after 30, 60 and 80 %% of "
        "the epochs) (default: %(default)s)",
    )
    add(
        "--no-augmentation",
        action="store_true",
        help="do without random crops (4 pixels of padding) and mirroring (default: off)",
    )
