"""What a section is made of.  Sections hold plain text; only templates write HTML."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from markupsafe import Markup


@dataclass(frozen=True, slots=True)
class Text:
    """A paragraph; `lead` for the one that is read first, "note" for what explains a table."""

    text: str
    style: str = ""

    kind = "text"


@dataclass(frozen=True, slots=True)
class Figures:
    """Numbers to be seen at a glance: (number, what it counts)."""

    entries: Sequence[tuple[str, str]]

    kind = "figures"


@dataclass(frozen=True, slots=True)
class Faults:
    """Sentences that each begin with FAIL."""

    reasons: Sequence[str]

    kind = "faults"


@dataclass(frozen=True, slots=True)
class Items:
    """Short lines, under a sentence that leads to them if there is one; `lead` for those read first."""

    heading: str
    entries: Sequence[str]
    style: str = ""

    kind = "items"


@dataclass(frozen=True, slots=True)
class Table:
    """A sortable table of text cells; `names` are the columns of text, the others are numbers."""

    caption: str
    header: Sequence[str]
    lines: Sequence[Sequence[str]]
    names: Sequence[str] = ()

    kind = "table"


@dataclass(frozen=True, slots=True)
class Pairs:
    """Names with their values."""

    entries: Sequence[tuple[str, str]]

    kind = "pairs"


@dataclass(frozen=True, slots=True)
class Code:
    """Text to be copied."""

    text: str

    kind = "code"


@dataclass(frozen=True, slots=True)
class Picture:
    """A drawing of `dispersion.report.svg`, with a caption that asks or answers something.

    A wide one keeps its width on a narrow page, where it is scrolled.
    """

    svg: Markup
    caption: str
    wide: bool = False

    kind = "picture"


@dataclass(frozen=True, slots=True)
class Pictures:
    """Pictures side by side where there is room; more of them in a row if they are small."""

    pictures: Sequence[Picture]
    small: bool = False

    kind = "pictures"


@dataclass(frozen=True, slots=True)
class Tile:
    """A small picture: a PNG as a data URI, what it is, and whether it was selected."""

    source: str
    label: str
    selected: bool | None

    kind = "tile"


@dataclass(frozen=True, slots=True)
class Tiles:
    """Small pictures in rows."""

    caption: str
    tiles: Sequence[Tile]

    kind = "tiles"


@dataclass(frozen=True, slots=True)
class Folded:
    """Blocks that are shown when asked for."""

    summary: str
    blocks: Sequence[Block]

    kind = "folded"


Block = Text | Figures | Faults | Items | Table | Pairs | Code | Picture | Pictures | Tiles | Folded
