"""Arguments of registered functions: those of the user, and those that every function is offered."""

from __future__ import annotations

import inspect
from collections.abc import Mapping
from typing import Any

from dispersion.errors import InputError, UnknownNameError

NEEDS_IMAGES = "{} needs calibration images: give calibration=Calibration(network, images)."


def needs_images(known: Mapping[str, Any]) -> bool:
    """Whether `calibration` is among `keyword_arguments` and has no default."""
    return known.get("calibration") is inspect.Parameter.empty


def checked(
    name: str, known: Mapping[str, Any], given: Mapping[str, Any], offered: Mapping[str, Any]
) -> dict[str, Any]:
    """Join what the user gives with what everybody is offered and this function takes.

    Parameters
    ----------
    name : str
        The registered name, for the error message.
    known : mapping of str to object
        See `keyword_arguments`.
    given, offered : mapping of str to object
        Of the user, and of the caller.

    Raises
    ------
    UnknownNameError
        The function does not know one of those given.
    """
    for one in given:
        if one not in known:
            raise UnknownNameError(f"argument of {name}", one, set(known) - set(offered))
    return {**given, **{one: value for one, value in offered.items() if one in known}}


def described(summary: str, reconstruction: str) -> str:
    """The summary, and what is a reconstruction."""
    return f"{summary} [reconstruction: {reconstruction}]" if reconstruction else summary


def need(condition: bool, message: str) -> None:
    """Refuse an argument with `message` unless `condition` holds."""
    if not condition:
        raise InputError(message)
