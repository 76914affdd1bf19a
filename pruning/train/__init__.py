"""``python -m pruning.train``: train a network and write its weights; can be resumed."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryFile

import numpy as np
import torch
from numpy.typing import NDArray
from rich.console import Console
from safetensors.torch import save

from dispersion.errors import DispersionError, InputError
from dispersion.terminal.printable import printable
from dispersion.version import __version__
from pruning.device import explain_out_of_memory, resolve_device
from pruning.measuring.accuracy import accuracy
from pruning.saving.atomic import written_whole
from pruning.train.options import Options, parse
from pruning.train.progress import Progress
from pruning.training import train
from pruning.training.loop import Labelled
from pruning.zoo.datasets import load_images
from pruning.zoo.images import Images
from pruning.zoo.network import Network
from pruning.zoo.networks import blank_network, load_network

__all__ = ["main"]

EXIT_INPUT, EXIT_INTERRUPTED = 2, 130


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line and return the exit code (see ``--help``)."""
    console = Console(stderr=True, soft_wrap=True, highlight=False, markup=False)
    try:
        options = parse(arguments)
        with explain_out_of_memory(options.device, f"lower --batch, now {options.schedule.batch}"):
            return _interruptible(options, console)
    except (DispersionError, OSError) as error:  # OSError: a file that the system refuses
        message = str(error)
    console.print(printable(f"error: {message}"), style="red")
    return EXIT_INPUT


def _interruptible(options: Options, console: Console) -> int:
    try:
        _run(options, console)
    except KeyboardInterrupt:
        if options.checkpoint.exists():
            message = f"{options.checkpoint} keeps the finished epochs; run the same command to resume"
        else:
            message = "no epoch was finished, so nothing is kept"
        console.print(printable(f"interrupted; {message}"), style="red")
        return EXIT_INTERRUPTED
    return 0


def _run(options: Options, console: Console) -> None:
    """Train, test, write the weights, and delete the checkpoint."""
    resolve_device(options.device)  # before anything is fetched
    _check_folder(options.out.parent)
    images = load_images(options.data)
    split = _split(options, images)
    network = _start(options, images)
    progress = Progress(options, split.about, console)
    (pixels, labels), validation = split.training, split.validation
    trained = train(
        network,
        pixels,
        labels,
        options.schedule,
        checkpoint=options.checkpoint,
        validation=validation,
        report=progress.epoch,
        watch=progress.within,
    )
    tested = accuracy(trained, images.test, images.test_labels)
    _write(options, trained, images, split, tested)
    options.checkpoint.unlink(missing_ok=True)
    place = printable(str(options.out))
    print(f"test accuracy {tested:.4f} on {len(images.test)} images; weights in {place}")


def _check_folder(folder: Path) -> None:
    """Refuse a folder that cannot be written to, before the training starts."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with TemporaryFile(dir=folder):
            pass
    except OSError as error:
        reason = error.strerror or error
        raise InputError(f"the folder {str(folder)!r} cannot be written to ({reason})") from error


@dataclass(frozen=True, slots=True, eq=False)
class _Split:
    """The training images that are learned from, and those that validate."""

    training: Labelled
    validation: Labelled | None

    @property
    def about(self) -> str:
        held_out = f", {len(self.validation[1])} to validate on" if self.validation else ""
        return f"{len(self.training[1])} images to learn from{held_out}"


def _split(options: Options, images: Images) -> _Split:
    """Hold out the training images that the published networks have not seen; of a folder, none."""
    available = len(images.train)
    pool = images.learnable
    count = pool if options.train_images is None else options.train_images
    if not 2 <= count <= pool:
        raise InputError(f"--train-images must be in 2..{pool} for {images.name}, not {count}")
    chosen: NDArray[np.intp] | slice = slice(pool)
    if count < pool:
        chosen = np.random.default_rng(options.schedule.seed).permutation(pool)[:count]
        chosen.sort()
    validation = None
    if pool < available:
        validation = images.train[pool:], images.train_labels[pool:]
    return _Split((images.train[chosen], images.train_labels[chosen]), validation)


def _start(options: Options, images: Images) -> Network:
    """Build the network with the weights that training begins with."""
    if options.weights is None:
        torch.manual_seed(options.schedule.seed)
        network = blank_network(options.model, images.classes)
        network.module.to(options.device)
        return network
    network = load_network(options.model, options.weights, options.device)
    if network.classes != images.classes:
        raise InputError(
            f"{options.weights} has {network.classes} classes, but {images.name} has {images.classes}"
        )
    return network


def _write(
    options: Options, trained: Network, images: Images, split: _Split, test_accuracy: float
) -> None:
    """Write the weights, and in the same file how they were made."""
    made = {
        "model": options.model,
        "data": f"{images.name}, {split.about}",
        "data_sha256": images.digest,
        "start": str(options.weights or "random"),
        "schedule": str(options.schedule),
        "test_accuracy": f"{test_accuracy:.6f}",
        "versions": f"p-dispersion {__version__}, torch {torch.__version__}",
    }
    state = {name: tensor.cpu().contiguous() for name, tensor in trained.module.state_dict().items()}
    # one entry: safetensors would write several in a random order, and equal runs unequal files
    content = save(state, {"training": json.dumps(made)})
    with written_whole(options.out) as path:
        path.write_bytes(content)
