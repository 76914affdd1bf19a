"""Where the tasks of a study are solved, and how many at a time."""

from __future__ import annotations

from dataclasses import dataclass

from dispersion.errors import InputError, shown


@dataclass(frozen=True, slots=True)
class Resources:
    """Processes of this machine, or a cluster.

    Attributes
    ----------
    jobs : int
        Solves at a time on this machine; with 1, each has the machine for itself and its time counts.
    scheduler : str or None
        Address of a Dask cluster, which solves instead of this machine.

    Raises
    ------
    InputError
        The number of jobs is out of range.
    """

    jobs: int = 1
    scheduler: str | None = None

    def __post_init__(self) -> None:
        if not isinstance(self.jobs, int) or self.jobs < 1:
            raise InputError(f"jobs must be a whole number of 1 or more, got {shown(self.jobs)}.")

    def __str__(self) -> str:
        return f"{self.jobs} at a time" if self.scheduler is None else f"at {self.scheduler}"
