"""What a person sees of a training: a line for every epoch, with the time left."""

from __future__ import annotations

from rich.console import Console

from pruning.train.options import Options
from pruning.training import Epoch


class Progress:
    """Tells how a training goes.

    Parameters
    ----------
    options : Options
        What was asked for.
    about : str
        What is learnt from.
    console : Console
        Standard error.
    """

    def __init__(self, options: Options, about: str, console: Console) -> None:
        self._epochs, self._console = options.schedule.epochs, console
        self._seconds: list[float] = []
        console.print(f"{options.model} on {options.data}, {options.device}: {about}")
        if options.checkpoint.exists():
            console.print(f"going on from {options.checkpoint}")

    def epoch(self, epoch: Epoch) -> None:
        """Print one line."""
        self._seconds.append(epoch.seconds)
        left = (self._epochs - epoch.number) * sum(self._seconds) / len(self._seconds)
        validated = "" if epoch.validation is None else f", {epoch.validation:.4f} in validation"
        self._console.print(
            f"epoch {epoch.number}/{self._epochs}: loss {epoch.loss:.4f}, accuracy"
            f" {epoch.accuracy:.4f} in training{validated}; {duration(epoch.seconds)},"
            f" {duration(left)} left"
        )


def duration(seconds: float) -> str:
    """Put a time into the unit that suits it: seconds, minutes or hours."""
    if seconds < 99.5:
        return f"{seconds:.0f} s"
    minutes = seconds / 60
    return f"{minutes:.0f} min" if minutes < 99.5 else f"{minutes / 60:.1f} h"
