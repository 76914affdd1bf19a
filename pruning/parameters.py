"""Parameters of registered functions: their keyword-only arguments."""

from __future__ import annotations

import inspect
import math
from collections.abc import Callable, Container, Mapping
from types import NoneType
from typing import Any, get_args, get_type_hints

from dispersion.errors import InputError, UnknownNameError

NEEDS_IMAGES = "{} needs calibration images: give calibration=Calibration(network, images)."


def keyword_arguments(function: Callable[..., Any]) -> dict[str, Any]:
    """Names and defaults of keyword-only arguments; `inspect.Parameter.empty` if one is required."""
    parameters = inspect.signature(function).parameters.values()
    return {one.name: one.default for one in parameters if one.kind is one.KEYWORD_ONLY}


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
"""For every type that can be written as text: what is expected, and how it is read."""

_READABLE = [{kind} for kind in _READERS]


def writable(function: Callable[..., Any], hidden: Container[str]) -> dict[str, tuple[type, ...]]:
    """The keyword-only arguments that can be written as text, with their types as annotated.

    Parameters
    ----------
    function : callable
        Fully annotated.
    hidden : container of str
        Arguments that users cannot give.
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
        The name of the function, for the error message.
    kinds : mapping of str to tuple of type
        The types, as `writable` returns them; None is written ``none``.
    text : str
        The arguments.

    Raises
    ------
    InputError
        The text has another form, an argument is unknown or given twice, or a value has another type.
    """
    values: dict[str, Any] = {}
    for part in text.split(","):
        key, equals, value = part.partition("=")
        if not equals:
            raise InputError(f"arguments of {name} read key=value,key=value, not {part!r}.")
        if key not in kinds:
            raise UnknownNameError(f"argument of {name}", key, kinds)
        if key in values:
            raise InputError(f"{key} of {name} is given twice; leave one of them out.")
        values[key] = _value(f"{key} of {name}", kinds[key], value)
    return values


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
    """The summary, followed by which part is a reconstruction."""
    return f"{summary} [reconstruction: {reconstruction}]" if reconstruction else summary


def need(condition: bool, message: str) -> None:
    """Refuse an argument with `message` unless `condition` holds."""
    if not condition:
        raise InputError(message)
