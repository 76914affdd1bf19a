"""What is compared: the filters of a network, or instances; their options, checked."""

from __future__ import annotations

import argparse
import math
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from dispersion.asked import checked_at_least
from dispersion.compare.cli.options import InstanceOptions, NetworkOptions
from dispersion.compare.cli.words import ALL, DEFAULT_MODEL, NONE
from dispersion.errors import InputError, shown
from dispersion.library import PREFIX, formats
from dispersion.metrics import metrics
from dispersion.objectives import objectives
from dispersion.quotas.reading import parse_quotas

OF_BOTH = ("metric",)  # with a default for networks only
OF_NETWORKS = tuple(name for name in NetworkOptions.__dataclass_fields__ if name not in OF_BOTH)
_OF_FILES = (
    *("input_format", "metric", "symmetric"),
    *("coordinates", "label", "nodes", "unreachable"),
)
OF_PRUNING = tuple(
    name
    for name in OF_NETWORKS
    if name not in ("model", "weights", "layers", "space", "data", "calibration_images", "device")
)
_MEMBERS = ("required", "excluded", "quota")
OF_INSTANCES = (
    *("p", "known", "groups", *_MEMBERS),
    *(name for name in _OF_FILES if name not in OF_BOTH),
)
GIVE_WAY = {  # what is said on the command line, and what in a config is then as good as unsaid
    "model": ("instance", *OF_INSTANCES),
    "instance": OF_NETWORKS,
    "keep": ("budget", "allocation", "criterion", "at_least"),
    "budget": ("keep", "at_least"),
    "p": ("at_least",),
    "at_least": ("p", "known", "groups", "quota", *OF_PRUNING, "objective"),
}


def check_at_least(given: argparse.Namespace, spoken: set[str]) -> tuple[float, ...]:
    """The distances of ``--at-least``, each once; none if it is not given.

    Raises
    ------
    InputError
        One is out of range, the objective is another one, or an option is given about how many points
        are chosen, or about pruning with them.
    """
    if given.at_least is None:
        if objectives[given.objective].counts:
            raise InputError(
                f"--objective {given.objective} wants to know how far apart; give --at-least D."
            )
        return ()
    if "objective" in spoken and not objectives[given.objective].counts:
        raise InputError(
            f"--at-least asks for packing, not for {given.objective}; leave out --objective."
        )
    for name in ("p", "known", "groups", "quota", *OF_PRUNING):
        if name in spoken:
            option = "--" + name.replace("_", "-")
            raise InputError(
                f"{option} and --at-least exclude each other, since the distance decides how many "
                "points are chosen; leave one of them out."
            )
    return tuple(dict.fromkeys(checked_at_least(one, "--at-least") for one in given.at_least))


def check_count(name: str, value: int | None, least: int = 1, most: int = 2**31 - 1) -> None:
    """Refuse a count outside `least` to `most`; `name` is the option."""
    if value is not None and value < least:
        raise InputError(f"{name} must be at least {least}, got {shown(value)}.")
    if value is not None and value > most:
        raise InputError(f"{name} must be at most {most:,}, got {shown(value)}.")


def instance_options(given: argparse.Namespace, spoken: set[str]) -> InstanceOptions:
    """The options about instances; `spoken` are those that were really given.

    Raises
    ------
    InputError
        One is out of range, or is about networks.
    """
    if "model" in spoken:
        raise InputError("--instance and --model exclude each other; leave one of them out.")
    for name in OF_NETWORKS:
        if name in spoken:
            option = "--" + name.replace("_", "-")
            raise InputError(f"{option} is about networks; leave it out, or leave out --instance.")
    for p in given.p or ():
        check_count("--p", p, least=2)
    sources, sizes = dict.fromkeys(given.instance), dict.fromkeys(given.p or ())
    about_files = {name: getattr(given, name) for name in _OF_FILES if name in spoken}
    _check_files(sources, about_files)
    several = {name: tuple(some) for name, some in about_files.items() if isinstance(some, list)}
    required, excluded, quota = (tuple(getattr(given, name) or ()) for name in _MEMBERS)
    if given.known is not None and (required or excluded or quota):
        raise InputError(
            "--known has values of instances without required or excluded points or quotas; leave it "
            "out, or --required, --excluded and --quota."
        )
    parse_quotas(quota)
    return InstanceOptions(
        tuple(sources),
        tuple(sizes),
        given.known,
        **(about_files | several),
        required=required,
        excluded=excluded,
        groups=given.groups,
        quota=quota,
    )


def _check_files(sources: Iterable[str], asked: Mapping[str, Any]) -> None:
    """How files are read: with known words, and only if there is a file."""
    for name, known in (("input_format", formats), ("metric", metrics)):
        if name in asked:
            known[asked[name]]
    for name in asked:
        if all(source.startswith(PREFIX) for source in sources):
            option = "--" + name.replace("_", "-")
            raise InputError(f"{option} is about instance files, and none is given; leave it out.")


def network_options(given: argparse.Namespace, spoken: set[str]) -> NetworkOptions:
    """The options about a network; `spoken` are those that were really given.

    Raises
    ------
    InputError
        One is out of range, excludes another, or is about instances.
    """
    for name in OF_INSTANCES:
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
    check_count("--epochs", given.epochs)
    if not 0 < given.lr < math.inf:
        raise InputError(f"--lr must be a number above 0, got {given.lr:g}")
    check_count("--train-images", given.train_images, least=3)
    if given.test_images != ALL:
        check_count("--test-images", given.test_images)
    check_count("--calibration-images", given.calibration_images, least=2)
    values = {name: getattr(given, name) for name in (*OF_NETWORKS, *OF_BOTH)}
    model = DEFAULT_MODEL if given.model is None else given.model
    several = {name: _several(values[name]) for name in ("budget", "recover")}
    several["methods"] = _methods(given.methods)
    several |= {name: tuple(values[name] or ()) for name in ("stay", "go")}
    for words in (several["stay"], several["go"]):
        filters_of(words)
    shares = dict.fromkeys(_share(text) for text in _several(given.keep))
    if not shares or (given.budget and not several["budget"]):
        raise InputError(
            f"{'--budget' if given.budget else '--keep'} names no share; give one, or more."
        )
    recover = tuple(name for name in several["recover"] if name != NONE)
    kinds = {**several, "keep": tuple(shares), "recover": recover}
    return NetworkOptions(**{**values, "model": model, **kinds})


def filters_of(words: Sequence[str]) -> dict[str, list[int]]:
    """Layer to filters, from words such as ``features.0=3,7``.

    Raises
    ------
    InputError
        A word is none such, or a layer comes twice.
    """
    found: dict[str, list[int]] = {}
    for word in words:
        layer, _, filters = word.rpartition("=")
        numbers = filters.split(",")
        if not layer or not all(one.isascii() and one.isdigit() and len(one) < 16 for one in numbers):
            raise InputError(f"filters are written as LAYER=3,7, got {shown(word)}.")
        if layer in found:
            raise InputError(f"layer {shown(layer)} comes twice; write its filters together.")
        found[layer] = [int(one) for one in numbers]
    return found


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
