"""Files of TSPLIB by their keywords: ``KEYWORD : value`` lines, and sections of numbers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from dispersion.errors import shown
from dispersion.library.source import Source

_FREE = ("NAME", "COMMENT")  # may hold anything, more than once, and on more than a line
_KEYWORDS = (
    *(*_FREE, "TYPE", "DIMENSION", "CAPACITY", "VEHICLES", "DISTANCE", "SERVICE_TIME"),
    *("EDGE_WEIGHT_TYPE", "EDGE_WEIGHT_FORMAT", "EDGE_DATA_FORMAT"),
    *("NODE_COORD_TYPE", "DISPLAY_DATA_TYPE"),
)
_END_OF_LIST = "-1"


@dataclass(frozen=True)
class Parts:
    """A file by its keywords.

    Attributes
    ----------
    source : Source
        The file.
    values : dict of str to (str, int)
        Keywords in capitals, with their values and the lines where they stand.
    sections : dict of str to (int, int)
        The first line of every section, and the line before which it ends.
    """

    source: Source
    values: dict[str, tuple[str, int]] = field(default_factory=dict)
    sections: dict[str, tuple[int, int]] = field(default_factory=dict)

    def value(self, keyword: str) -> tuple[str, int]:
        """The value of a keyword and its line, or `InputError` if it is not there."""
        if keyword not in self.values:
            raise self.source.fault(f"it has no {keyword}")
        return self.values[keyword]

    def choice(self, keyword: str, known: Sequence[str]) -> str:
        """The value of a keyword, which must be one of `known`."""
        value, line = self.value(keyword)
        if value.upper() not in known:
            names = ", ".join(known)
            raise self.source.fault(f"{keyword} {shown(value)} is not known; known: {names}", line)
        return value.upper()

    def section(self, name: str) -> tuple[int, int]:
        """The first line of a section, and the line before which it ends."""
        if name not in self.sections:
            raise self.source.fault(f"it has no {name}")
        return self.sections[name]

    def set(self, keyword: str, value: str, line: int) -> None:
        """Keep the value of a keyword; a second one must say the same."""
        before = self.values.get(keyword)
        if keyword not in _FREE and before is not None and before[0] != value:
            raise self.source.fault(
                f"{keyword} {shown(value)} contradicts line {before[1]}, which says {shown(before[0])}",
                line,
            )
        self.values[keyword] = (value, line)


def parts_of(source: Source) -> Parts:
    """Take a file apart; a section ends at the next keyword or, if it is a list, at -1."""
    parts = Parts(source)
    section, free = "", False  # where a line belongs that begins with no keyword
    for k, line in enumerate(source.lines, 1):
        text = line.strip()
        keyword, value = _keyword(text)
        if not text or (free and not keyword):
            continue
        if keyword == "EOF":
            break
        if keyword.endswith("_SECTION"):
            section, free = keyword, False
            parts.sections[section] = (k + 1, k + 1)
        elif keyword:
            section, free = "", keyword in _FREE
            parts.set(keyword, value, k)
        elif text[0].isalpha():
            raise source.fault(f"a keyword or numbers are expected, got {shown(text)}", k)
        elif not section:
            raise source.fault(f"a keyword is expected, got {shown(text)}", k)
        elif text == _END_OF_LIST and not section.startswith("EDGE_WEIGHT"):
            section, free = "", True
        else:
            parts.sections[section] = (parts.sections[section][0], k + 1)
    return parts


def _keyword(text: str) -> tuple[str, str]:
    """The keyword that a line begins with, in capitals, and its value; "" if it begins with none."""
    word, colon, value = text.partition(":")
    keyword = word.strip().upper()
    plain = keyword.replace("_", "A")
    if colon and plain.isascii() and plain.isalnum() and keyword[0].isalpha():
        return keyword, value.strip()
    first, _, rest = text.partition(" ")
    first = first.upper()
    if first == "EOF" or first.endswith("_SECTION") or first in _KEYWORDS:
        return first, rest.strip()
    return "", ""


def recognises(source: Source) -> str:
    """What makes a file look like one of TSPLIB, in words; "" if it does not."""
    first = next((line for line in source.head_lines if line.strip()), "")
    keyword, _ = _keyword(first.strip())
    if keyword not in _KEYWORDS:
        return ""
    colon = first.partition(":")[0].strip().upper() == keyword
    if not colon and b"DIMENSION" not in source.head.upper():
        return ""
    return f"it begins with the keyword {keyword}"
