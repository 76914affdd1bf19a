"""Groups and quotas as they are written: a file of labels, and words such as ``a=2:5``."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from dispersion.errors import InputError, shown

_BETWEEN = ";"  # the labels of one point


def read_groups(path: Path) -> list[list[str]]:
    """The labels of every point, from a text file with a line for each, in their order.

    Several labels of a point are separated by semicolons; an empty line is a point without a group.

    Raises
    ------
    InputError
        The file cannot be read as text.
    """
    try:
        lines = path.read_text(encoding="utf-8-sig").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "it is not text in UTF-8"
        raise InputError(f"cannot read the groups in {str(path)!r}: {reason}.") from error
    return [[label.strip() for label in line.split(_BETWEEN) if label.strip()] for line in lines]


def parse_quotas(words: Iterable[str]) -> dict[str, tuple[int | None, int | None]]:
    """Label to least and most, from ``a=2`` (exactly), ``a=2:5``, ``a=2:`` or ``a=:5``.

    Raises
    ------
    InputError
        A word is none of these, or a label comes twice.
    """
    quotas: dict[str, tuple[int | None, int | None]] = {}
    for word in words:
        label, equals, numbers = word.rpartition("=")
        least, colon, most = numbers.partition(":")
        ends = [least, most if colon else least]
        if not (label and equals and numbers.strip(":") and all(_is_end(end) for end in ends)):
            raise InputError(f"a quota is written as a=2, a=2:5, a=2: or a=:5, got {shown(word)}.")
        if label in quotas:
            raise InputError(f"group {shown(label)} has two quotas; name one.")
        low, high = (int(end) if end else None for end in ends)
        quotas[label] = low, high
    return quotas


def _is_end(text: str) -> bool:
    """Whether it is a count, or nothing."""
    return not text or (text.isascii() and text.isdigit() and len(text) < 16)
