"""A study in a file: every option of the command line as a key of a flat TOML file.

::

    model = "resnet56"
    keep = [0.8, 0.6]
    time-limit = 10
    latency = true

Keys are the options' long names without dashes in front; an option that takes several values takes a
list.  The command line takes precedence over the file.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

import tomli_w

from dispersion.compare.cli.toml import read_toml
from dispersion.errors import InputError, UnknownNameError, shown
from dispersion.terminal.parsing import real_number, usable, whole_number
from dispersion.version import __version__

T = TypeVar("T")

_LONG = 60  # characters of a key that a message repeats
NOT_OF_A_STUDY = ("help", "version", "list", "config")
_KINDS: dict[object, str] = {whole_number: "a whole number", real_number: "a number"}
_NOT_KEPT = ("out", "quick")  # where this study is; and what it stands for, which is written down


@dataclass(frozen=True)
class Config:
    """What a file says.

    Attributes
    ----------
    path : Path
        The file.
    lines : dict of str to int
        Its keys, and the line where each stands, counted from 1.
    values : dict of str to dict
        Its keys, and what each changes: a destination of the parser and its value.
    """

    path: Path
    lines: Mapping[str, int]
    values: Mapping[str, Mapping[str, object]]

    def checked(self, check: Callable[[dict[str, object]], T]) -> T:
        """What `check` makes of the values; its `InputError` is told with the keys to blame.

        Those are the keys without which the error would be gone; none if it is about something else.
        """
        try:
            return check(self._without(None))
        except InputError as error:
            guilty = [key for key in self.values if not self._fails(check, key, str(error))]
            if not guilty:
                raise
            raise InputError(f"{self._where(guilty)}{error}") from error

    def without(self, names: Collection[str]) -> Config:
        """The same but for what changes any of these destinations."""
        left = {key: changes for key, changes in self.values.items() if not changes.keys() & names}
        return Config(self.path, self.lines, left)

    def blamed(self, message: str) -> str:
        """Where the file says a text that a message repeats in quotes; empty if nowhere."""
        return self._where(
            [
                key
                for key, changes in self.values.items()
                if any(repr(text) in message for text in _texts(changes.values()))
            ]
        )

    def _where(self, keys: Sequence[str]) -> str:
        """What a message about these keys begins with."""
        found = " and ".join(f"line {self.lines[key]} ({key})" for key in keys)
        return f"{self.path}, {found}: " if found else ""

    def _fails(self, check: Callable[[dict[str, object]], T], left_out: str, message: str) -> bool:
        try:
            check(self._without(left_out))
        except InputError as error:
            return str(error) == message
        return False

    def _without(self, left_out: str | None) -> dict[str, object]:
        said = (changes for key, changes in self.values.items() if key != left_out)
        return {name: value for changes in said for name, value in changes.items()}


def actions(parser: argparse.ArgumentParser) -> dict[str, argparse.Action]:
    """Every option that can stand in a file, by its key."""
    return {
        next(text for text in action.option_strings if text.startswith("--"))[2:]: action
        for action in parser._actions  # argparse has no public list of them
        if action.dest not in NOT_OF_A_STUDY
    }


def read_config(path: Path, parser: argparse.ArgumentParser) -> Config:
    """Read a file and convert its values as the parser would.

    Raises
    ------
    InputError
        The file cannot be read or is not TOML, a key is unknown, or a value is of the wrong kind;
        the key and its line are named.
    """
    content, lines = read_toml(path)
    known = actions(parser)
    values = {}
    for key, value in content.items():
        try:
            values[key] = _changes(key, value, known)
        except InputError as error:
            named = key if len(key) <= _LONG else f"{key[:_LONG]}..."
            raise InputError(f"{path}, line {lines[key]} ({named}): {error}") from error
    return Config(path, lines, values)


def _changes(key: str, value: object, known: Mapping[str, argparse.Action]) -> dict[str, object]:
    if isinstance(value, dict):
        raise InputError("options have no tables; write every key at the top, as in keep = 0.5.")
    if key not in known:
        raise UnknownNameError("option", key, known)
    action = known[key]
    if action.nargs == 0:
        return _switched(action, value)
    if action.nargs is None:
        return {action.dest: _converted(action, value)}
    several = value if isinstance(value, list) else [value]
    if not several:
        raise InputError("takes at least one value.")
    return {action.dest: [_converted(action, part) for part in several]}


def _switched(action: argparse.Action, value: object) -> dict[str, object]:
    """What a switch changes: nothing if it is off, which is what it is unless told."""
    if not isinstance(value, bool):
        raise InputError(f"takes true or false, not {shown(value)}.")
    return {action.dest: action.const} if value else {}


def _converted(action: argparse.Action, value: object) -> object:
    """One value as the parser would have read it from the command line."""
    if isinstance(value, bool) or not isinstance(value, (str, int, float)):
        kind = {bool: "true or false", list: "a list"}.get(type(value), "a date or a time")
        raise InputError(f"takes text or a number, not {kind}.")
    read = usable if action.type is None else action.type
    assert callable(read)
    try:
        converted: object = read(str(value))
    except argparse.ArgumentTypeError as error:
        raise InputError(f"{error}.") from error
    except (ValueError, TypeError) as error:
        raise InputError(
            f"takes {_KINDS.get(read, 'another kind of value')}, not {shown(value)}."
        ) from error
    if action.choices is not None and converted not in action.choices:
        raise UnknownNameError("choice", str(converted), map(str, action.choices))
    return converted


def _texts(values: Iterable[object]) -> Iterator[str]:
    """Every text and path among values and lists of them."""
    for value in values:
        if isinstance(value, list):
            yield from _texts(value)
        elif isinstance(value, (str, Path)):
            yield str(value)


def settings(given: Mapping[str, object], parser: argparse.ArgumentParser) -> dict[str, object]:
    """The keys and values of a file that asks for what was given, by destination, in their usual order.

    What is absent or off is left out, and so is the folder of the results, which can be used once.
    """
    found: dict[str, object] = {}
    for key, action in actions(parser).items():
        value = given.get(action.dest)
        if action.nargs == 0:
            value = value == action.const
        if value is not None and value is not False and key not in _NOT_KEPT:
            found[key] = _plain(value)
    return found


def _plain(value: object) -> object:
    if isinstance(value, (list, tuple)):
        return [_plain(part) for part in value]
    return str(value) if isinstance(value, Path) else value


def as_toml(content: Mapping[str, object]) -> str:
    """The text of a file with these settings."""
    head = f"# What p-dispersion {__version__} was asked; ask again with --config THIS-FILE.\n"
    return head + tomli_w.dumps(content)
