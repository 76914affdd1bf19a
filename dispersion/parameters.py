"""Parameters of registered functions: keyword-only arguments, read from text such as ``key=value``."""

from __future__ import annotations

import inspect
import math
from collections.abc import Callable, Container, Mapping
from types import NoneType
from typing import Any, get_args, get_type_hints

import numpy as np

from dispersion.errors import InputError, UnknownNameError


def keyword_arguments(function: Callable[..., Any]) -> dict[str, Any]:
    """Names and defaults of keyword-only arguments; `inspect.Parameter.empty` where one is needed."""
    parameters = inspect.signature(function).parameters.values()
    return {one.name: one.default for one in parameters if one.kind is one.KEYWORD_ONLY}


def _finite(text: str) -> float:
    value = float(text)
    if not math.isfinite(value):
        raise ValueError
    return value


_READERS: dict[type, tuple[str, Callable[[str], Any]]] = {
    bool: ("on or off", {"on": True, "off": False, "true": True, "false": False}.__getitem__),
    int: ("a whole number", int),
    float: ("a finite number", _finite),
    str: ("a word", str),
}
"""Of the types that can be written down: what is expected, and how it is read."""

_READABLE = [{kind} for kind in _READERS]


def writable(function: Callable[..., Any], hidden: Container[str] = ()) -> dict[str, tuple[type, ...]]:
    """The keyword-only arguments that can be written as text, with their types as annotated.

    Parameters
    ----------
    function : callable
        Fully annotated.
    hidden : container of str
        Arguments that the user cannot give.
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


def defaults(function: Callable[..., Any], hidden: Container[str] = ()) -> str:
    """The parameters that can be written as text with their defaults: ``mode=map,beta=none``; or ""."""
    known = keyword_arguments(function)
    values = {name: known[name] for name in writable(function, hidden)}
    return ",".join(f"{name}={_written(value)}" for name, value in values.items())


def _written(value: object) -> str:
    """A value as `read` takes it."""
    words = {None: "none", True: "on", False: "off"}
    return words[value] if value is None or isinstance(value, bool) else str(value)


def whole(value: object, name: str, lowest: int, highest: int) -> int:
    """A whole number within bounds, or an `InputError` that names it."""
    if isinstance(value, bool) or not isinstance(value, (int, np.integer)):
        raise InputError(f"{name} must be a whole number, got {value!r}.")
    if not lowest <= value <= highest:
        raise InputError(f"{name} must lie between {lowest} and {highest}, got {value}.")
    return int(value)
