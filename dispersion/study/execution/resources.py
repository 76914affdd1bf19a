"""Where the tasks of a study are solved, and how many at a time."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Resources:
    """Processes of this machine, or a cluster.

    Attributes
    ----------
    jobs : int
        Solves at a time on this machine; with 1, each has the machine for itself and its time counts.
    scheduler : str or None
        Address of a Dask cluster, which solves instead of this machine.
    """

    jobs: int = 1
    scheduler: str | None = None

    def __str__(self) -> str:
        return f"{self.jobs} at a time" if self.scheduler is None else f"at {self.scheduler}"
