"""The sources: ``references.bib`` is their only list; ``:source:`Key``` refers to an entry of it."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from pathlib import Path
from string import ascii_lowercase

from docutils import nodes
from sphinx import addnodes
from sphinx.application import Sphinx
from sphinx.errors import ExtensionError
from sphinx.util.docutils import SphinxDirective, SphinxRole
from sphinx.util.typing import ExtensionMetadata

from docs._extensions.text import escaped

BIB = Path(__file__).parents[1] / "references.bib"
_ENTRY = re.compile(r"^@\w+\{([\w-]+),\n(.*?)^\}", re.MULTILINE | re.DOTALL)
_FIELD = re.compile(r"^  (\w+) = \{(.*)\},?$", re.MULTILINE)
_ACCENTS = {
    r"{\'a}": "á",
    r"{\'i}": "í",
    r"{\'o}": "ó",
    r"{\'e}": "é",
    r"{\"o}": "ö",
    r"{\"u}": "ü",
    r"{\&}": "&",
}
_PLACE = ("journal", "booktitle", "publisher", "howpublished")


@dataclass(frozen=True, slots=True)
class Entry:
    """One source; `fields` as in the file, without accents written in TeX.

    The letter tells sources of the same authors and year apart; "" where there is one only.
    """

    key: str
    fields: dict[str, str]
    letter: str = ""

    @property
    def surnames(self) -> list[str]:
        """Of all authors, who are written as ``Surname, Given``."""
        return [author.split(",")[0].strip() for author in self.fields["author"].split(" and ")]

    @property
    def label(self) -> str:
        """As it is cited: ``Ravi, Rosenkrantz and Tayi (1994)``."""
        names = self.surnames
        if len(names) > 3:
            who = f"{names[0]} et al."
        else:
            who = " and ".join(filter(None, [", ".join(names[:-1]), names[-1]]))
        return f"{who} ({self.fields['year']}{self.letter})"

    @property
    def text(self) -> str:
        """The whole reference, in reStructuredText."""
        fields = {name: escaped(value.replace("--", "–")) for name, value in self.fields.items()}
        authors = "; ".join(fields["author"].split(" and "))
        place = next(f"*{fields[name]}*" for name in _PLACE if name in fields)
        volume = fields.get("volume", "") + (f"({fields['number']})" if "number" in fields else "")
        details = [f"{place} {volume}".strip(), fields.get("pages"), fields["year"]]
        doi = (
            [f"`doi {fields['doi']} <https://doi.org/{self.fields['doi']}>`__"]
            if "doi" in fields
            else []
        )
        note = [fields["note"]] if "note" in fields else []
        parts = [authors, fields["title"], ", ".join(filter(None, details)), *doi, *note]
        return ". ".join(part.removesuffix(".") for part in parts) + "."


def entries(path: Path = BIB) -> dict[str, Entry]:
    """The sources by key, in the order of the file: one field per line, braces around its value."""
    text = path.read_text(encoding="utf-8")
    for tex, letter in _ACCENTS.items():
        text = text.replace(tex, letter)
    found = {}
    for key, body in _ENTRY.findall(text):
        fields = {name: re.sub(r"[{}]", "", value) for name, value in _FIELD.findall(body)}
        if key in found:
            raise ExtensionError(f"{path.name} holds {key} twice")
        found[key] = Entry(key, fields)
    labels = [entry.label for entry in found.values()]
    seen: dict[str, int] = {}
    for key, label in zip(list(found), labels, strict=True):
        if labels.count(label) > 1:
            found[key] = replace(found[key], letter=ascii_lowercase[seen.setdefault(label, 0)])
            seen[label] += 1
    return found


class Source(SphinxRole):
    """``:source:`Kuby1987```: the label, as a link to the entry."""

    def run(self) -> tuple[list[nodes.Node], list[nodes.system_message]]:
        """Refer to the entry; an unknown key is a warning, and so an error of the build."""
        known = entries()
        if self.text not in known:
            message = self.inliner.reporter.error(f"references.bib has no entry {self.text!r}")
            return [nodes.problematic(self.rawtext, self.rawtext)], [message]
        reference = addnodes.pending_xref(
            "",
            nodes.inline("", known[self.text].label),
            refdomain="std",
            reftype="ref",
            refexplicit=True,
            refwarn=True,
            reftarget=f"source-{self.text.lower()}",
            refdoc=self.env.current_document.docname,
        )
        return [reference], []


class Bibliography(SphinxDirective):
    """``.. bibliography::``: every entry, by author and year."""

    def run(self) -> list[nodes.Node]:
        """One entry a paragraph, each with a target."""
        self.env.note_dependency(str(BIB))
        ordered = sorted(entries().values(), key=lambda entry: entry.label.casefold())
        blocks = [
            f".. _source-{entry.key.lower()}:\n\n**{escaped(entry.label)}**\n    {entry.text}\n"
            for entry in ordered
        ]
        return self.parse_text_to_nodes("\n".join(blocks))


def setup(app: Sphinx) -> ExtensionMetadata:
    """Add the role and the directive."""
    app.add_role("source", Source())
    app.add_directive("bibliography", Bibliography)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
