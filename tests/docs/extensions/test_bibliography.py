"""The list of sources is complete, and says of each what a reader needs."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from sphinx.errors import ExtensionError

from docs._extensions.bibliography import BIB, entries

DOCS = Path(__file__).parents[3] / "docs"
CITED = {
    key
    for path in DOCS.rglob("*.rst")
    for key in re.findall(r":source:`([\w-]+)`", path.read_text(encoding="utf-8"))
}


def test_what_is_cited_is_there():
    """No page cites a source that the file does not hold."""
    assert CITED
    assert CITED - set(entries()) == set()


def test_what_is_there_is_cited():
    """The file is no list of reading."""
    assert set(entries()) - CITED == set()


def test_every_entry_of_the_file_is_read():
    """An entry that is written in another form would be overlooked."""
    assert len(entries()) == len(re.findall(r"^@", BIB.read_text(encoding="utf-8"), re.MULTILINE))


@pytest.mark.parametrize("key", entries())
def test_an_entry_is_complete(key):
    """Author, title, year and place; the key begins with the first author; the label has the year."""
    entry = entries()[key]
    assert {"author", "title", "year"} <= set(entry.fields)
    assert re.fullmatch(r"(19|20)\d\d", entry.fields["year"])
    assert {"journal", "booktitle", "howpublished", "publisher"} & set(entry.fields)
    assert entry.fields["year"] in entry.label
    assert not re.search(r"[{}\\]", entry.fields["author"])
    assert entry.fields["year"] in entry.text


def test_labels_name_up_to_three_authors(tmp_path):
    """One, two, three, and more of them."""
    names = ["Ahn, A", "Bo, B", "Cox, C", "Day, D"]
    lines = [
        f"@article{{K{n},\n  author = {{{' and '.join(names[:n])}}},\n  year = {{2000}},\n}}\n"
        for n in range(1, 5)
    ]
    (tmp_path / "a.bib").write_text("\n".join(lines), encoding="utf-8")
    labels = [entry.label for entry in entries(tmp_path / "a.bib").values()]
    assert labels == ["Ahn (2000)", "Ahn and Bo (2000)", "Ahn, Bo and Cox (2000)", "Ahn et al. (2000)"]


def test_labels_differ():
    """Sources of the same authors and year have a letter, the others none."""
    labels = {key: entry.label for key, entry in entries().items()}
    assert len(set(labels.values())) == len(labels)
    assert labels["Spiers2023"].endswith("(2023a)")
    assert labels["Kuby1987"] == "Kuby (1987)"


def test_a_key_is_taken_once(tmp_path):
    """Two entries of one key would hide each other."""
    entry = "@misc{K,\n  author = {A},\n  year = {2000},\n}\n"
    (tmp_path / "a.bib").write_text(entry * 2, encoding="utf-8")
    with pytest.raises(ExtensionError, match="K twice"):
        entries(tmp_path / "a.bib")


def test_accents_are_letters():
    """TeX's accents do not reach the page."""
    assert entries()["Resende2010"].surnames == ["Resende", "Martí", "Gallego", "Duarte"]
