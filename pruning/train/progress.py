"""Lines about a running training: one per epoch and, in long epochs, one per minute."""

from __future__ import annotations

import time

from rich.console import Console

from dispersion.terminal.printable import duration, printable
from pruning.train.options import Options
from pruning.training import Epoch, TrainingProgress

_BETWEEN_SECONDS = 60.0


class Progress:
    """Prints how a training goes.

    Parameters
    ----------
    options : Options
        The options of the training.
    about : str
        The images it learns from.
    console : Console
        Standard error.
    """

    def __init__(self, options: Options, about: str, console: Console) -> None:
        self._epochs, self._console = options.schedule.epochs, console
        self._seconds: list[float] = []
        self._said = time.monotonic()
        console.print(printable(f"{options.model} on {options.data}, {options.device}: {about}"))
        if options.checkpoint.exists():
            console.print(printable(f"resuming from {options.checkpoint}"))

    def epoch(self, epoch: Epoch) -> None:
        """Print that an epoch is done."""
        self._said = time.monotonic()
        self._seconds.append(epoch.seconds)
        left = (self._epochs - epoch.number) * sum(self._seconds) / len(self._seconds)
        validated = "" if epoch.validation is None else f", {epoch.validation:.4f} in validation"
        self._console.print(
            f"epoch {epoch.number}/{self._epochs}: loss {epoch.loss:.4f}, accuracy"
            f" {epoch.accuracy:.4f} in training{validated}; {duration(epoch.seconds)},"
            f" {duration(left)} left"
        )

    def within(self, progress: TrainingProgress) -> None:
        """Print how far the epoch has got, once a minute."""
        now = time.monotonic()
        if progress.images < progress.of and now - self._said >= _BETWEEN_SECONDS:
            self._said = now
            self._console.print(
                f"epoch {progress.epoch}/{progress.epochs}: {progress.images:,} of {progress.of:,}"
                f" images, loss {progress.loss:.4f}; {duration(progress.seconds_left)} left"
            )
