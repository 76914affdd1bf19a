"""From the words of a command line, and of the config that it names, to options."""

from __future__ import annotations

import argparse
import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import replace

from dispersion.compare.cli.config import read_config, settings
from dispersion.compare.cli.options import InstanceOptions, Options
from dispersion.compare.cli.parser import parser
from dispersion.compare.cli.quick import QUICK_NAMES, as_words, quick_look
from dispersion.compare.cli.subjects import (
    GIVE_WAY,
    OF_BOTH,
    OF_INSTANCES,
    OF_NETWORKS,
    OF_PRUNING,
    check_at_least,
    check_count,
    instance_options,
    network_options,
)
from dispersion.compare.cli.words import ALL, USUAL
from dispersion.errors import InputError, shown
from dispersion.objectives import PACKING
from dispersion.own_code import is_own
from dispersion.study.task import LONGEST
from solvers.export import exporting
from solvers.lookup import find, usual
from solvers.registration import list_solvers
from solvers.run import Limits
from solvers.solving import check

_MOST_SEEDS, _MOST_AT_A_TIME = 10_000, 1_000_000
_ADDRESS = re.compile(r"(tcp|tls|ws|wss|ucx)://[^/\s]+:[0-9]{1,5}")  #: what Dask can connect to


def _spoken(arguments: Sequence[str] | None, filed: Mapping[str, object]) -> set[str]:
    """Names of the options that were really given, be they equal to their defaults."""
    unsaid = object()
    several = (*OF_NETWORKS, *OF_BOTH, *OF_INSTANCES, "instance", "objective", "at_least", *QUICK_NAMES)
    names = dict.fromkeys(several)
    before = dict.fromkeys(names, unsaid) | dict(filed)
    given = parser().parse_args(arguments, argparse.Namespace(**before))
    return {name for name in names if getattr(given, name) is not unsaid}


def _solvers(asked: Sequence[str] | None, objective: str) -> list[str]:
    """The names asked for; those compared by default if there are none, every one for `all`."""
    if asked is None:
        return usual(objective)
    for name in asked:
        if name != ALL:
            check(name, objective)
    own = [name for name in asked if is_own(name)]  # or with parameters
    return [*(info.name for info in list_solvers(objective)), *own] if ALL in asked else list(asked)


def _check_recheck(seconds: float | None) -> None:
    if seconds is None:
        return
    if not 0 < seconds < math.inf:
        raise InputError(f"--recheck must be a finite number of seconds above 0, got {seconds:g}.")
    _check_clock("--recheck", seconds)


def _check_clock(name: str, seconds: float) -> None:
    if seconds > LONGEST:
        raise InputError(f"{name} must be at most {LONGEST:,.0f} seconds, got {seconds:g}.")


def _settings(given: argparse.Namespace, options: Options) -> dict[str, object]:
    """What a config must say to ask for the same again, wherever defaults differ."""
    subject = options.subject
    chosen = vars(given) | {"solvers": list(options.solvers)}
    if isinstance(subject, InstanceOptions):
        chosen |= {"metric": subject.metric}
        idle = set(OF_NETWORKS)
    else:
        chosen |= {"model": subject.model, "keep": list(subject.keep)}
        idle = {"keep" if subject.budget else "allocation"}
        idle |= set(OF_PRUNING) if options.at_least else set()
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


def _check_seeds(options: Options) -> None:
    """Refuse so many seeds that those of a solver are out of range."""
    for name in options.solvers:
        info = find(name, options.objective)
        seeds = options.replications.seeds_of(info)
        if seeds[-1] >= 2**31:
            option = "--random-seeds" if info.stochastic else "--engine-seeds"
            raise InputError(
                f"--seed {seeds[0]} and the {len(seeds) - 1} after it, which {option} asks for, "
                "must be below 2**31."
            )


def parse(arguments: Sequence[str] | None = None) -> Options:
    """Read and check the command line, and the config that it names.

    Raises
    ------
    InputError
        An option is unknown, malformed or out of range, or does not belong to what is compared;
        `UnknownNameError` names the nearest known.  If it stands in a config, its line is told.
    """
    given, said = parser().parse_args(arguments), _spoken(arguments, {})
    path = given.config
    if path is None:
        return _checked(arguments, {}, quick_look(said) if given.quick else {})
    outdone = {name for option in said for name in GIVE_WAY.get(option, ())}
    config = read_config(path, parser())
    if said & {"model", "instance"} and ("instance" in said) != ("instance" in config.values):
        outdone |= {*OF_BOTH}  # the file was about something else
    config = config.without(outdone)
    quick: dict[str, object] = {}
    if given.quick or "quick" in config.values:
        quick = quick_look(said | {name for changes in config.values.values() for name in changes})
    return replace(config.checked(lambda filed: _checked(arguments, filed, quick)), config=config)


def _checked(
    arguments: Sequence[str] | None, filed: Mapping[str, object], quick: Mapping[str, object]
) -> Options:
    """The options of a command line, below them those of a config, and below both a quick look's."""
    below = {**quick, **filed}
    given = parser().parse_args(arguments, argparse.Namespace(**below))
    spoken = _spoken(arguments, below)
    subject = (network_options if given.instance is None else instance_options)(given, spoken)
    at_least = check_at_least(given, spoken)
    if at_least:
        given.objective = PACKING.name
    names = _solvers(given.solvers, given.objective)
    if given.export is not None and not any(find(name, given.objective).model for name in names):
        known = ", ".join(exporting(given.objective)) or "none"
        raise InputError(
            f"--export: none of the {given.objective} solvers {', '.join(names)} has a model to write; "
            f"those that have one: {known}."
        )
    for name in ("--random-seeds", "--engine-seeds", "--repeat"):
        check_count(name, getattr(given, name[2:].replace("-", "_")), most=_MOST_SEEDS)
    check_count("--jobs", given.jobs, most=_MOST_AT_A_TIME)
    _check_place(given)
    limits = Limits(given.time_limit, given.threads, given.seed, gap=given.gap)
    check_count("--threads", limits.threads, most=_MOST_AT_A_TIME)
    if not math.isfinite(limits.seconds):
        raise InputError(f"--time-limit must be a finite number of seconds, got {limits.seconds}.")
    _check_clock("--time-limit", limits.seconds)
    _check_recheck(given.recheck)
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
        at_least=at_least,
        engine_seeds=given.engine_seeds,
        repeat=given.repeat,
        quick=as_words(quick),
    )
    _check_seeds(options)
    return replace(options, settings=_settings(given, options))
