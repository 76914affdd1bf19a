"""TOML with the lines of its keys, in a time that grows with the length of the text only."""

from __future__ import annotations

import re
import tomllib
from bisect import bisect_left
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from dispersion.errors import InputError, shown
from dispersion.library.source import PATH_CHARACTERS

MOST_BYTES, MOST_DOTS = 1 << 20, 5000  # of a study; the parser takes the square of the dots in a key
# what can hold a bracket, a dot or an end of line that means nothing, and those that do
_TOKEN = re.compile(
    r'"""(?:\\.|[^\\])*?(?:"""|\Z)'
    r"|'''.*?(?:'''|\Z)"
    r'|"(?:\\.|[^"\\\n])*"?'
    r"|'[^'\n]*'?"
    r"|#[^\n]*|[\n\[\]{}.]",
    re.DOTALL,
)


def read_toml(path: Path) -> tuple[dict[str, Any], dict[str, int]]:
    """The content of a file, and the line on which each of its keys stands, counted from 1.

    Raises
    ------
    InputError
        It cannot be read, is too long for a study, or is no TOML; the line is named.
    """
    text = _text(path)
    starts, dots = _entries(text)
    if dots > MOST_DOTS:
        raise InputError(f"{path} is no study: it has {dots:,} dots outside of texts.")
    rows = text.split("\n")
    try:
        content = _parsed(text)
    except ValueError as error:
        ends = [*(start - 1 for start in starts[1:]), len(rows)]
        bad = bisect_left(ends, True, key=lambda end: _fails("\n".join(rows[:end])))
        line = starts[min(bad, len(starts) - 1)] if starts else 1
        raise InputError(
            f"{path} is not a TOML file; line {line}, {shown(rows[line - 1].strip())}: {error}."
        ) from error
    return content, _lines(rows, starts)


def _text(path: Path) -> str:
    try:
        if path.exists() and not (path.is_file() or path.is_dir()):
            raise InputError(f"cannot read the config {path}: it is a pipe or a device, not a file.")
        if path.is_file() and path.stat().st_size > MOST_BYTES:
            raise InputError(f"{path} is no study: it is longer than {MOST_BYTES:,} bytes.")
        return path.read_text(encoding="utf-8-sig")
    except OSError as error:
        what = path if len(str(path)) <= PATH_CHARACTERS else shown(str(path))
        raise InputError(f"cannot read the config {what}: {error.strerror}.") from error
    except UnicodeDecodeError as error:
        raise InputError(f"{path} is not a TOML file: {error}.") from error


def _parsed(text: str) -> dict[str, Any]:
    try:
        return tomllib.loads(text)
    except RecursionError as error:
        raise ValueError("brackets are nested too deeply") from error
    except tomllib.TOMLDecodeError:
        raise
    except ValueError as error:  # of Python's reader of whole numbers, which takes 4,300 digits
        raise ValueError("a number has too many digits") from error


def _fails(text: str) -> bool:
    try:
        _parsed(text)
    except ValueError:
        return True
    return False


def _entries(text: str) -> tuple[list[int], int]:
    """The lines on which entries begin, and how many dots stand outside of texts."""
    starts, line, depth, dots = [1], 1, 0, 0
    for found in _TOKEN.finditer(text):
        piece = found[0]
        dots += piece == "."
        depth = max(0, depth + (piece in "[{") - (piece in "]}"))
        line += piece.count("\n")
        if piece == "\n" and depth == 0:
            starts.append(line)
    rows = text.split("\n")
    filled = [k for k in starts if rows[k - 1].strip() and not rows[k - 1].strip().startswith("#")]
    return filled, dots


def _lines(rows: Sequence[str], starts: Sequence[int]) -> dict[str, int]:
    """The line of every key that a whole file has."""
    lines: dict[str, int] = {}
    for start, end in zip(starts, [*starts[1:], len(rows) + 1], strict=False):  # of none, none
        for key in _parsed("\n".join(rows[start - 1 : end - 1])):
            lines.setdefault(key, start)
    return lines
