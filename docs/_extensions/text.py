"""Plain text as reStructuredText."""

from __future__ import annotations

import re
from collections.abc import Sequence

_CODE = re.compile(r"``?([^`]+)``?")
_MARKUP = re.compile(r"([\\*_|`])")


def escaped(text: str) -> str:
    """Text as it is; only what stands in backticks becomes code."""
    pieces = _CODE.split(text)
    pieces[::2] = [_MARKUP.sub(r"\\\1", piece) for piece in pieces[::2]]
    pieces[1::2] = [f"``{piece}``" for piece in pieces[1::2]]
    return "".join(pieces)


def table(header: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """A ``list-table``; cells are reStructuredText of one paragraph."""
    lines = [".. list-table::", "   :header-rows: 1", "   :widths: auto", ""]
    for row in (header, *rows):
        first, *others = row
        lines += [f"   * - {first}", *(f"     - {cell}" for cell in others)]
    return "\n".join(lines) + "\n"
