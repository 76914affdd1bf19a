"""The options that a study recorded, as the command line that asks for them."""

from __future__ import annotations

import os
import shlex
from collections.abc import Mapping
from typing import Any

_FLAGS = {"sources": "instance", "seconds": "time_limit"}  # named otherwise on the command line
_GROUPS = ("subject", "limits")
_ELSEWHERE = (  # how it was run, not what was asked
    *("out", "jobs", "scheduler", "retry_failures"),
    *("config", "settings", "log_level"),
)


def command_of(options: Mapping[str, Any]) -> str:
    """One line for a shell.

    Parameters
    ----------
    options : mapping
        The ``options`` of ``run.json``.
    """
    words = ["python", "-m", "dispersion.compare", *arguments_of(options)]
    return " ".join(map(quoted, words))


def quoted(word: str) -> str:
    """`word` as a shell reads it; bytes that are not seen as escapes, which bash, zsh and ksh know."""
    if word.isprintable():
        return shlex.quote(word)
    seen = (
        one if one.isprintable() else "".join(f"\\x{byte:02x}" for byte in os.fsencode(one))
        for one in word.replace("\\", "\\\\").replace("'", "\\'")
    )
    return f"$'{''.join(seen)}'"


def arguments_of(options: Mapping[str, Any]) -> list[str]:
    """Every option that decides an answer, whether it is at its default or not."""
    arguments: list[str] = []
    for name, value in options.items():
        if name in _GROUPS:
            arguments += arguments_of(_sayable(value))
        elif name not in _ELSEWHERE:
            arguments += _argument("--" + _FLAGS.get(name, name).replace("_", "-"), value)
    return arguments


def _sayable(group: Mapping[str, Any]) -> dict[str, Any]:
    """Leave out what excludes each other: a budget stands in place of a keep ratio."""
    said = dict(group)
    if said.get("budget"):
        said.pop("keep", None)
    else:
        said.pop("allocation", None)
    if said.get("recover") == []:
        said["recover"] = ["none"]
    return said


def _argument(flag: str, value: object) -> list[str]:
    if value is None or value is False or value == []:
        return []
    if value is True:
        return [flag]
    return [flag, *map(str, value)] if isinstance(value, list) else [flag, str(value)]
