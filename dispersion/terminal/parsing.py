"""What the command lines of these packages share: errors as sentences, and values that can be used."""

from __future__ import annotations

import argparse
import os
import shutil
import sys
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any, NoReturn

from dispersion.errors import InputError, shown

_LONG = 300  # characters of what argparse says, which repeats what was written
_WIDTH, _COLUMN = 100, 27  # of a help text, and where the texts of its options begin


class Formatter(argparse.RawDescriptionHelpFormatter):
    """Help in at most 100 columns; an option that takes several values shows one, and dots."""

    def __init__(self, prog: str) -> None:
        columns = min(_WIDTH, shutil.get_terminal_size((_WIDTH, 24)).columns)
        super().__init__(prog, max_help_position=_COLUMN, width=columns - 2)

    def _format_args(self, action: argparse.Action, default_metavar: str) -> str:
        if action.nargs == "+":
            return f"{self._metavar_formatter(action, default_metavar)(1)[0]} ..."
        return super()._format_args(action, default_metavar)


class Parser(argparse.ArgumentParser):
    """A parser that raises `InputError` where argparse would leave the program."""

    def __init__(self, **options: Any) -> None:
        super().__init__(**{"formatter_class": Formatter, **options})

    def parse_args(  # type: ignore[override]
        self, args: Sequence[str] | None = None, namespace: Any = None
    ) -> Any:
        """Read a command line; `InputError` if a part of it could be no name of anything."""
        for text in sys.argv[1:] if args is None else args:
            try:
                usable(text)
            except argparse.ArgumentTypeError as error:
                raise InputError(f"{error}.") from error
        found = super().parse_args(args, namespace)
        for action in self._actions:  # of "--option=--" argparse makes an empty list
            if getattr(found, action.dest, None) == []:
                self.error(f"argument {'/'.join(action.option_strings)}: a value is needed, not --")
        return found

    def error(self, message: str) -> NoReturn:
        """Refuse a command line with a sentence of bounded length."""
        text = message if len(message) <= _LONG else f"{message[:_LONG]}..."
        raise InputError(f"{text}; see --help.")


def usable(text: str) -> str:
    """`text`, unless no system could take it for the name of anything.

    Raises
    ------
    argparse.ArgumentTypeError
        There is a NUL in it, or half of a character.
    """
    fits = "\0" not in text
    with suppress(UnicodeEncodeError):
        os.fsencode(text)
        if fits:
            return text
    raise argparse.ArgumentTypeError(f"{shown(text)} has a character that no name can have")


def path_of(text: str) -> Path:
    """A path; an empty text would be taken for the current folder."""
    if not text.strip():
        raise argparse.ArgumentTypeError(f"a file or folder is needed, got {shown(text)}")
    return Path(usable(text))


def _plain(text: str) -> str:
    """The text of a number, in the digits of ASCII and without underscores between them."""
    if not text.isascii() or "_" in text:
        raise ValueError(f"{shown(text)} is no plain number")
    return text


def whole_number(text: str) -> int:
    """A whole number; `ValueError` if it is none."""
    return int(_plain(text))


def real_number(text: str) -> float:
    """A number; `ValueError` if it is none."""
    return float(_plain(text))


whole_number.__name__, real_number.__name__ = "int", "float"  # what argparse calls them in messages
