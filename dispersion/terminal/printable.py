"""Texts as they may be shown: names of strangers (files, layers, points), messages, times."""

from __future__ import annotations

import dataclasses
import re
from typing import Any, TypeVar

T = TypeVar("T")
Row = TypeVar("Row", bound=Any)  #: an instance of a dataclass

_FORMULA = r"[=+\-@\t\r]"  # how a cell begins that a spreadsheet computes


def printable(text: str) -> str:
    r"""`text` on one line, with everything that is not seen as an escape such as ``\x1b`` or ``\n``.

    No terminal takes anything in it for a command, and no line of it can be taken for another message.
    """
    return text if text.isprintable() else "".join(map(_seen, text))


def _seen(character: str) -> str:
    return character if character.isprintable() else character.encode("unicode_escape").decode()


def printable_row(row: Row) -> Row:
    """The same row of a table, with every text in it `printable`."""
    values = {one.name: getattr(row, one.name) for one in dataclasses.fields(row)}
    texts = {name: printable(value) for name, value in values.items() if isinstance(value, str)}
    changed = any(values[name] != texts[name] for name in texts)
    return dataclasses.replace(row, **texts) if changed else row


def encodable(text: str) -> str:
    r"""`text` with bytes that were no UTF-8, which no such file can hold, as ``\udc80`` and so on."""
    return text.encode("utf-8", errors="backslashreplace").decode()


def as_cell(text: str) -> str:
    """`text` as a cell of a CSV file: an apostrophe in front of what a spreadsheet would compute."""
    return f"'{text}" if re.match(f"'*{_FORMULA}", text) else text


def of_cell(cell: T) -> T | str:
    """The text that `as_cell` made a cell of; what is no text, as it is."""
    return cell[1:] if isinstance(cell, str) and re.match(f"'+{_FORMULA}", cell) else cell


def duration(seconds: float) -> str:
    """Put a time to come into the unit that suits it: seconds, minutes or hours."""
    if seconds < 99.5:
        return f"{seconds:.0f} s"
    minutes = seconds / 60
    return f"{minutes:.0f} min" if minutes < 99.5 else f"{minutes / 60:.1f} h"
