"""What ``python -m dispersion.compare`` was asked, checked."""

from __future__ import annotations

import argparse
import math
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from dispersion.compare.cli.config import Config, read_config, settings
from dispersion.compare.cli.parser import ALL, DEFAULT_MODEL, NONE, USUAL, parser
from dispersion.errors import InputError, shown
from dispersion.library import PREFIX, formats
from dispersion.metrics import metrics
from dispersion.own_code import is_own
from dispersion.study.execution.resources import Resources
from solvers.export import exporting
from solvers.lookup import find
from solvers.registration import list_solvers
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
    data: str | None
    test_images: int | None
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

    ``input_format``, ``metric`` and ``symmetric`` are about files, as in `dispersion.read_instance`.
    """

    sources: tuple[str, ...]
    p: tuple[int, ...]
    known: Path | None
    input_format: str | None = None
    metric: str | None = None
    symmetric: str | None = None


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

    @property
    def resources(self) -> Resources:
        """Where solves run, and how many at a time."""
        return Resources(self.jobs, self.scheduler)

    def seeds(self, draws: bool) -> range:
        """Several, from the seed on, for what draws by chance; else the seed alone."""
        return range(self.limits.seed, self.limits.seed + (self.random_seeds if draws else 1))

    def seeded(self) -> list[tuple[str, Limits]]:
        """Every solver with its limits; one that draws by chance comes with several seeds."""
        return [
            (name, replace(self.limits, seed=seed))
            for name in self.solvers
            for seed in self.seeds(find(name, self.objective).stochastic)
        ]


_MOST_SECONDS = 1e9  # thirty years; clocks of the system take no more
_MOST_SEEDS, _MOST_AT_A_TIME = 10_000, 1_000_000
_ADDRESS = re.compile(r"(tcp|tls|ws|wss|ucx)://[^/\s]+:[0-9]{1,5}")  #: what Dask can connect to

_OF_BOTH = ("metric",)  # with a default for networks only
_OF_NETWORKS = tuple(name for name in NetworkOptions.__dataclass_fields__ if name not in _OF_BOTH)
_OF_FILES = ("input_format", "metric", "symmetric")
_OF_INSTANCES = ("p", "known", "input_format", "symmetric")
_GIVE_WAY = {  # what is said on the command line, and what in a config is then as good as unsaid
    "model": ("instance", *_OF_INSTANCES),
    "instance": _OF_NETWORKS,
    "keep": ("budget", "allocation", "criterion"),
    "budget": ("keep",),
}


def _count(name: str, value: int | None, least: int = 1, most: int = 2**31 - 1) -> None:
    if value is not None and value < least:
        raise InputError(f"{name} must be at least {least}, got {shown(value)}.")
    if value is not None and value > most:
        raise InputError(f"{name} must be at most {most:,}, got {shown(value)}.")


def _spoken(arguments: Sequence[str] | None, filed: Mapping[str, object]) -> set[str]:
    """Names of the options that were really given, be they equal to their defaults."""
    unsaid = object()
    names = (*_OF_NETWORKS, *_OF_BOTH, *_OF_INSTANCES, "instance")
    before = dict.fromkeys(names, unsaid) | dict(filed)
    given = parser().parse_args(arguments, argparse.Namespace(**before))
    return {name for name in names if getattr(given, name) is not unsaid}


def _instances(given: argparse.Namespace, spoken: set[str]) -> InstanceOptions:
    if "model" in spoken:
        raise InputError("--instance and --model exclude each other; leave one of them out.")
    for name in _OF_NETWORKS:
        if name in spoken:
            option = "--" + name.replace("_", "-")
            raise InputError(f"{option} is about networks; leave it out, or leave out --instance.")
    for p in given.p or ():
        _count("--p", p, least=2)
    sources, sizes = dict.fromkeys(given.instance), dict.fromkeys(given.p or ())
    about_files = {name: getattr(given, name) if name in spoken else None for name in _OF_FILES}
    _check_files(sources, about_files)
    return InstanceOptions(tuple(sources), tuple(sizes), given.known, **about_files)


def _check_files(sources: Iterable[str], asked: Mapping[str, str | None]) -> None:
    """How files are read: with known words, and only if there is a file."""
    for name, known in (("input_format", formats), ("metric", metrics)):
        value = asked[name]
        if value is not None:
            known[value]
    for name, value in asked.items():
        if value is not None and all(source.startswith(PREFIX) for source in sources):
            option = "--" + name.replace("_", "-")
            raise InputError(f"{option} is about instance files, and none is given; leave it out.")


def _network(given: argparse.Namespace, spoken: set[str]) -> NetworkOptions:
    for name in _OF_INSTANCES:
        if name in spoken:
            option = "--" + name.replace("_", "-")
            raise InputError(f"{option} is about instances; give them with --instance.")
    if given.budget and "keep" in spoken:
        raise InputError("--keep and --budget exclude each other; leave one of them out.")
    if "allocation" in spoken and not given.budget:
        raise InputError("--allocation says how a --budget is divided; give one, or leave it out.")
    if given.criterion is not None and not given.budget:
        raise InputError("--criterion says by what a --budget is divided; give one, or leave it out.")
    metrics[given.metric]
    _count("--epochs", given.epochs)
    if not 0 < given.lr < math.inf:
        raise InputError(f"--lr must be a number above 0, got {given.lr:g}")
    _count("--train-images", given.train_images, least=3)
    _count("--test-images", given.test_images)
    _count("--calibration-images", given.calibration_images, least=2)
    values = {name: getattr(given, name) for name in (*_OF_NETWORKS, *_OF_BOTH)}
    model = DEFAULT_MODEL if given.model is None else given.model
    several = {name: _several(values[name]) for name in ("budget", "recover")}
    several["methods"] = _methods(given.methods)
    shares = dict.fromkeys(_share(text) for text in _several(given.keep))
    if not shares or (given.budget and not several["budget"]):
        raise InputError(
            f"{'--budget' if given.budget else '--keep'} names no share; give one, or more."
        )
    recover = tuple(name for name in several["recover"] if name != NONE)
    kinds = {**several, "keep": tuple(shares), "recover": recover}
    return NetworkOptions(**{**values, "model": model, **kinds})


def _several(texts: Sequence[str] | None) -> tuple[str, ...]:
    """Values separated by spaces or commas, each once."""
    return tuple(dict.fromkeys(part for text in texts or () for part in text.split(",") if part))


def _methods(texts: Sequence[str] | None) -> tuple[str, ...]:
    """As `_several`, but a comma before ``key=value`` continues a method that has arguments."""
    found: list[str] = []
    for text in texts or ():
        parts: list[str] = []
        for part in text.split(","):
            if parts and ":" in parts[-1] and "=" in part.partition(":")[0]:
                parts[-1] += f",{part}"
            elif part:
                parts.append(part)
        found += parts
    return tuple(dict.fromkeys(found))


def _share(text: str) -> float:
    try:
        keep = float(text)
    except ValueError as error:
        raise InputError(f"--keep takes numbers in (0, 1], not {shown(text)}.") from error
    if not 0.0 < keep <= 1.0:
        raise InputError(f"--keep must lie in (0, 1], got {keep:g}.")
    return keep


def _solvers(asked: Sequence[str] | None, objective: str) -> list[str]:
    """The names asked for; those compared by default if there are none, every one for `all`."""
    known = list_solvers(objective)
    if asked is None:
        return [info.name for info in known if info.by_default]
    for name in asked:
        if name != ALL:
            find(name, objective)
    own = [name for name in asked if is_own(name)]
    return [*(info.name for info in known), *own] if ALL in asked else list(asked)


def _check_recheck(seconds: float | None) -> None:
    if seconds is None:
        return
    if not 0 < seconds < math.inf:
        raise InputError(f"--recheck must be a finite number of seconds above 0, got {seconds:g}.")
    _check_clock("--recheck", seconds)


def _check_clock(name: str, seconds: float) -> None:
    if seconds > _MOST_SECONDS:
        raise InputError(f"{name} must be at most {_MOST_SECONDS:,.0f} seconds, got {seconds:g}.")


def _settings(given: argparse.Namespace, options: Options) -> dict[str, object]:
    """What a config must say to ask for the same again, wherever defaults differ."""
    subject = options.subject
    chosen = vars(given) | {"solvers": list(options.solvers)}
    if isinstance(subject, InstanceOptions):
        chosen |= {"metric": subject.metric}
        idle = set(_OF_NETWORKS)
    else:
        chosen |= {"model": subject.model, "keep": list(subject.keep)}
        idle = {"keep" if subject.budget else "allocation"}
    return settings({name: chosen[name] for name in chosen if name not in idle}, parser())


def _check_place(given: argparse.Namespace) -> None:
    """Where solves run, and how much memory they may take."""
    if given.scheduler is not None and not _ADDRESS.fullmatch(given.scheduler):
        raise InputError(
            f"--scheduler takes an address such as tcp://host:8786, got {shown(given.scheduler)}."
        )
    if given.scheduler is not None and given.jobs is not None:
        raise InputError(
            f"--jobs {given.jobs} is about processes of this machine, --scheduler about a cluster; "
            "leave one of them out."
        )
    if given.memory is not None and not 0 < given.memory < math.inf:
        raise InputError(f"--memory must be a finite number of GiB above 0, got {given.memory:g}.")


def parse(arguments: Sequence[str] | None = None) -> Options:
    """Read and check the command line, and the config that it names.

    Raises
    ------
    InputError
        An option is unknown, malformed or out of range, or does not belong to what is compared;
        `UnknownNameError` names the nearest known.  If it stands in a config, its line is told.
    """
    path = parser().parse_args(arguments).config
    if path is None:
        return _checked(arguments, {})
    said = _spoken(arguments, {})
    outdone = {name for option in said for name in _GIVE_WAY.get(option, ())}
    config = read_config(path, parser())
    if said & {"model", "instance"} and ("instance" in said) != ("instance" in config.values):
        outdone |= {*_OF_BOTH}  # the file was about something else
    config = config.without(outdone)
    return replace(config.checked(lambda filed: _checked(arguments, filed)), config=config)


def _checked(arguments: Sequence[str] | None, filed: Mapping[str, object]) -> Options:
    """The options of a command line, and below them those of a config."""
    given = parser().parse_args(arguments, argparse.Namespace(**filed))
    subject = (_network if given.instance is None else _instances)(given, _spoken(arguments, filed))
    names = _solvers(given.solvers, given.objective)
    if given.export is not None and not set(names) & set(exporting(given.objective)):
        known = ", ".join(exporting(given.objective)) or "none"
        raise InputError(
            f"--export: none of the {given.objective} solvers {', '.join(names)} has a model to write; "
            f"those that have one: {known}."
        )
    _count("--random-seeds", given.random_seeds, most=_MOST_SEEDS)
    _count("--jobs", given.jobs, most=_MOST_AT_A_TIME)
    _check_place(given)
    limits = Limits(given.time_limit, given.threads, given.seed)
    _count("--threads", limits.threads, most=_MOST_AT_A_TIME)
    if not math.isfinite(limits.seconds):
        raise InputError(f"--time-limit must be a finite number of seconds, got {limits.seconds}.")
    _check_clock("--time-limit", limits.seconds)
    _check_recheck(given.recheck)
    chance = any(find(name, given.objective).stochastic for name in names)
    if chance and given.seed + given.random_seeds > 2**31:
        raise InputError(
            f"--seed {given.seed} and the {given.random_seeds - 1} after it, which --random-seeds "
            "asks for, must be below 2**31."
        )
    options = Options(
        subject=subject,
        objective=given.objective,
        solvers=tuple(dict.fromkeys(names)),
        limits=limits,
        random_seeds=given.random_seeds,
        jobs=given.jobs or 1,
        out=given.out,
        export=given.export,
        recheck=given.recheck,
        format=given.format,
        log_level=given.log_level or USUAL,
        memory=given.memory,
        retry_failures=given.retry_failures,
        scheduler=given.scheduler,
    )
    return replace(options, settings=_settings(given, options))
