"""``--quick``: every stage within seconds, for a first look and for CI."""

from __future__ import annotations

from collections.abc import Collection, Mapping

_SOLVING = {"time_limit": 1.0, "random_seeds": 1}
_TESTING = {"test_images": 500, "calibration_images": 200}
QUICK_NAMES = (*_SOLVING, *_TESTING)  #: of what it changes whatever is compared


def quick_look(said: Collection[str]) -> dict[str, object]:
    """What ``--quick`` asks for where nothing else was said, by the names of the options.

    That is a toy network, which nobody has to fetch, and of any other network two layers.
    """
    wanted: dict[str, object] = dict(_SOLVING)
    if "instance" not in said:
        others = {"layers": "inner:2"} if {"model", "weights"} & {*said} else {"model": "toy"}
        wanted |= {**_TESTING, **others}
    return {name: value for name, value in wanted.items() if name not in said}


def as_words(wanted: Mapping[str, object]) -> tuple[str, ...]:
    """What was asked for as options of the command line."""
    return tuple(f"--{name.replace('_', '-')} {value}" for name, value in wanted.items())
