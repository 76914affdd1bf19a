"""Parameters of registered functions: their keyword-only arguments."""

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
    """Join the user's arguments with those that the caller offers and the function takes.

    Parameters
    ----------
    name : str
        The registered name, for the error message.
    known : mapping of str to object
        The function's parameters, as `keyword_arguments` returns them.
    given, offered : mapping of str to object
        Arguments of the user, and those that the caller offers to every function.

    Raises
    ------
    UnknownNameError
        The function has no such parameter.
    """
    for one in given:
        if one not in known:
            raise UnknownNameError(f"argument of {name}", one, set(known) - set(offered))
    return {**given, **{one: value for one, value in offered.items() if one in known}}


def described(summary: str, reconstruction: str) -> str:
    """The summary, followed by which part is a reconstruction."""
    return f"{summary} [reconstruction: {reconstruction}]" if reconstruction else summary


def need(condition: bool, message: str) -> None:
    """Refuse an argument with `message` unless `condition` holds."""
    if not condition:
        raise InputError(message)
