"""What registered functions can be told: their keyword-only arguments."""

from __future__ import annotations

import inspect
import math
from collections.abc import Callable, Container, Mapping
from types import NoneType
from typing import Any, get_args, get_type_hints

from dispersion.errors import InputError, UnknownNameError

NEEDS_IMAGES = "{} needs calibration images: give calibration=Calibration(network, images)."


def keyword_arguments(function: Callable[..., Any]) -> dict[str, Any]:
    """Names and defaults of keyword-only arguments; `inspect.Parameter.empty` where one is needed."""
    parameters = inspect.signature(function).parameters.values()
    return {one.name: one.default for one in parameters if one.kind is one.KEYWORD_ONLY}


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


def _finite(text: str) -> float:
    value = float(text)
    if not math.isfinite(value):
        raise ValueError
    return value


_READERS: dict[type, tuple[str, Callable[[str], Any]]] = {
    bool: ("true or false", {"true": True, "false": False}.__getitem__),
    int: ("a whole number", int),
    float: ("a finite number", _finite),
    str: ("a word", str),
}
"""Of the types that can be written down: what is expected, and how it is read."""

_READABLE = [{kind} for kind in _READERS]


def writable(function: Callable[..., Any], hidden: Container[str]) -> dict[str, tuple[type, ...]]:
    """The keyword-only arguments that can be written as text, with their types as annotated.

    Parameters
    ----------
    function : callable
        Fully annotated.
    hidden : container of str
        Arguments that are not the user's to give.
    """
    hints = get_type_hints(function)
    kinds = {
        name: get_args(hints[name]) or (hints[name],)
        for name in keyword_arguments(function)
        if name not in hidden
    }
    return {name: kind for name, kind in kinds.items() if {*kind} - {NoneType} in _READABLE}


def read(name: str, kinds: Mapping[str, tuple[type, ...]], text: str) -> dict[str, Any]:
    """Read ``key=value,key=value``.

    Parameters
    ----------
    name : str
        Whose arguments these are, for the error message.
    kinds : mapping of str to tuple of type
        See `writable`; where None is one of them, it is written ``none``.
    text : str
        The arguments.

    Raises
    ------
    InputError
        It reads otherwise, an argument is unknown or comes twice, or a value is of another type.
    """
    found: dict[str, Any] = {}
    for part in text.split(","):
        key, equals, value = part.partition("=")
        if not equals:
            raise InputError(f"arguments of {name} read key=value,key=value, not {part!r}.")
        if key not in kinds:
            raise UnknownNameError(f"argument of {name}", key, kinds)
        if key in found:
            raise InputError(f"{key} of {name} is given twice; leave one of them out.")
        found[key] = _value(f"{key} of {name}", kinds[key], value)
    return found


def _value(what: str, kinds: tuple[type, ...], text: str) -> Any:
    if NoneType in kinds and text == "none":
        return None
    [kind] = (one for one in kinds if one is not NoneType)
    expected, reader = _READERS[kind]
    try:
        return reader(text)
    except (ValueError, KeyError):
        also = ", or none" if NoneType in kinds else ""
        raise InputError(f"{what} must be {expected}{also}, not {text!r}.") from None


def described(summary: str, reconstruction: str) -> str:
    """The summary, and what is a reconstruction."""
    return f"{summary} [reconstruction: {reconstruction}]" if reconstruction else summary


def need(condition: bool, message: str) -> None:
    """Refuse an argument with `message` unless `condition` holds."""
    if not condition:
        raise InputError(message)
