"""What ``python -m dispersion.compare`` was asked, checked."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

from dispersion.compare.cli.config import Config
from dispersion.compare.cli.words import USUAL
from dispersion.instance import Instance
from dispersion.study.execution.resources import Resources
from dispersion.study.replications import Replications
from dispersion.study.task import Task, tasks_of
from solvers.run import Limits


@dataclass(frozen=True)
class NetworkOptions:
    """Solvers are compared on the filters of a network.  Shares lie between 0 and 1."""

    model: str
    weights: Path | None
    layers: str
    metric: str
    space: str
    keep: tuple[float, ...]
    budget: tuple[str, ...]
    allocation: str
    criterion: str | None
    methods: tuple[str, ...]
    stay: tuple[str, ...]
    go: tuple[str, ...]
    data: str | None
    test_images: int | str | None  #: "all", or `None` for the usual number
    calibration_images: int
    recover: tuple[str, ...]
    epochs: int
    lr: float
    train_images: int | None
    latency: bool
    device: str


@dataclass(frozen=True)
class InstanceOptions:
    """Solvers are compared on instances: files or descriptions; p as they say if there is none.

    ``input_format`` and those from ``metric`` to ``unreachable`` are about files, as in
    `dispersion.read_instance`; ``required`` and ``excluded`` are points, as of `Instance`; ``groups``
    is a file of labels, and ``quota`` are words such as ``a=2:5`` (see `dispersion.quotas.reading`).
    """

    sources: tuple[str, ...]
    p: tuple[int, ...]
    known: Path | None
    input_format: str | None = None
    metric: str | None = None
    symmetric: str | None = None
    coordinates: tuple[str, ...] = ()
    label: str | None = None
    nodes: tuple[str, ...] = ()
    unreachable: str | float = "refuse"
    required: tuple[int, ...] = ()
    excluded: tuple[int, ...] = ()
    groups: Path | None = None
    quota: tuple[str, ...] = ()


@dataclass(frozen=True)
class Options:
    """The command line, checked.  Units: seconds and counts.

    ``config`` is the file that was named, if any; ``settings`` are what such a file must say to ask for
    the same.
    """

    subject: NetworkOptions | InstanceOptions
    objective: str
    solvers: tuple[str, ...]
    limits: Limits
    random_seeds: int
    jobs: int
    out: Path | None
    export: Path | None
    recheck: float | None
    format: str
    log_level: str = USUAL
    config: Config | None = field(compare=False, default=None)
    settings: dict[str, object] = field(compare=False, repr=False, default_factory=dict)
    memory: float | None = None  #: GiB a solve
    retry_failures: bool = False
    scheduler: str | None = None  #: address of a Dask cluster
    at_least: tuple[float, ...] = ()  #: how far apart points must be; none where p or shares are asked
    engine_seeds: int = 1
    repeat: int = 1  #: how many times each solve is made with the same seed
    quick: tuple[str, ...] = field(compare=False, default=())  #: what ``--quick`` stood for, in words

    @property
    def resources(self) -> Resources:
        """Where solves run, and how many at a time."""
        return Resources(self.jobs, self.scheduler)

    def seeds(self, draws: bool) -> range:
        """Several, from the seed on, for what draws by chance; else the seed alone."""
        return range(self.limits.seed, self.limits.seed + (self.random_seeds if draws else 1))

    @property
    def replications(self) -> Replications:
        """How often each solver is asked."""
        first = self.limits.seed
        engine_seeds = range(first, first + self.engine_seeds)
        return Replications(self.seeds(draws=True), engine_seeds, self.repeat)

    def tasks_of(self, instance: Instance, keep: float | None = None) -> list[Task]:
        """One instance for every solver, with its seeds; see `dispersion.study.task.tasks_of`."""
        how = self.objective, self.limits, self.replications, self.memory
        return tasks_of(instance, self.solvers, *how, keep)
