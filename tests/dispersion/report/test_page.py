"""The whole page: in order, self-contained, and safe from the names in it."""

import base64
import dataclasses
import hashlib
import re
from collections.abc import Callable
from html.parser import HTMLParser
from pathlib import Path

import pytest

from dispersion.report.blocks import Text
from dispersion.report.page import build_report, title_of
from dispersion.report.section import Section, sections
from dispersion.study.reading import read_study
from dispersion.study.study import Study
from dispersion.study.tables import SHARED_DEFINITION

Studies = Callable[..., Study]
VOID = {"meta", "img", "link", "br", "hr"}


class Page(HTMLParser):
    """Tags with their attributes, and whether every one is closed where it was opened."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self._open: list[str] = []
        self.feed(text)
        self.close()
        assert self._open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Remember it."""
        self.tags.append((tag, dict(attrs)))
        if tag not in VOID:
            self._open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Remember it."""
        self.tags.append((tag, dict(attrs)))

    def handle_endtag(self, tag: str) -> None:
        """It must be the one opened last."""
        assert self._open.pop() == tag

    def all(self, tag: str) -> list[dict[str, str | None]]:
        """Attributes of every such tag."""
        return [attributes for name, attributes in self.tags if name == tag]


@pytest.fixture(scope="module")
def text(read_only_folder: Path) -> str:
    """The page of the usual study."""
    return (read_only_folder / "report.html").read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def page(text: str) -> Page:
    """The same, parsed."""
    return Page(text)


def test_sections_stand_in_order(page: Page) -> None:
    """The verdict first where nothing contradicts; each has a heading and a link to it."""
    names = [attributes["id"] for attributes in page.all("section")]
    assert names == [
        *("verdict", "layers", "comparison", "filters"),
        *("accuracy", "environment", "reproduce"),
    ]
    links = [attributes["href"] for attributes in page.all("a")]
    assert links == ["#main", *(f"#{name}" for name in names)]


def test_contradictions_come_first(make_study: Studies, solve_row: Callable[..., object]) -> None:
    """Where something cannot be true, that is what is read first."""
    usual = make_study()
    impossible = [*usual.solves, solve_row(solver="liar", objective=0.9, bound=0.9)]
    page = Page(build_report(dataclasses.replace(usual, solves=impossible)))
    assert page.all("section")[0]["id"] == "contradictions"


def test_nothing_is_fetched(page: Page, text: str) -> None:
    """No address but data and anchors; no style that the policy forbids."""
    addresses = [
        v for _, attributes in page.tags for k, v in attributes.items() if k in ("src", "href")
    ]
    assert addresses
    assert all(str(address).startswith(("data:image/png;base64,", "#")) for address in addresses)
    assert not page.all("link")
    assert not [tag for tag, attributes in page.tags if "style" in attributes]
    assert not [k for _, attributes in page.tags for k in attributes if k.startswith("on")]
    assert "@import" not in text
    assert not re.search(r"url\((?!#)", text)


def test_the_policy_allows_what_is_there_and_no_more(text: str) -> None:
    """The hashes are those of the one style and the one script."""
    found = re.search(r'http-equiv="Content-Security-Policy" content="([^"]+)"', text)
    assert found is not None
    assert "default-src 'none'" in found[1]
    assert "unsafe" not in found[1]
    for tag in ("style", "script"):
        [content] = re.findall(rf"<{tag}>(.*?)</{tag}>", text, re.DOTALL)
        digest = base64.b64encode(hashlib.sha256(content.encode()).digest()).decode()
        assert f"{tag}-src 'sha256-{digest}'" in found[1]


def test_names_are_text(text: str, page: Page, nasty: str) -> None:
    """A layer that is called like a script stays a name, in tables, pictures and alt texts."""
    assert nasty not in text
    assert text.count("&lt;script&gt;alert(") > 5
    assert len(page.all("script")) == 1


def test_every_picture_says_what_it_shows(page: Page) -> None:
    """Drawings have a role and a label, images an alt text, and ids are not used twice."""
    drawings = page.all("svg")
    assert len(drawings) > 8
    assert all(one["role"] == "img" and one["aria-label"] for one in drawings)
    assert all(one["alt"] for one in page.all("img"))
    assert len(page.all("img")) == 8
    ids = [attributes["id"] for _, attributes in page.tags if "id" in attributes]
    assert len(ids) == len(set(ids))
    wanted = {str(one["href"])[1:] for one in page.all("use")}
    assert wanted <= set(map(str, ids))


def test_every_column_can_be_sorted(page: Page, text: str) -> None:
    """A button in every head, and a region that the keyboard can scroll around every table."""
    heads = len(page.all("th"))
    assert heads == text.count('<button type="button">') > 20
    assert all(attributes["scope"] == "col" for attributes in page.all("th"))
    assert len([one for one in page.all("div") if one.get("role") == "region"]) >= len(
        page.all("table")
    )


def test_a_study_without_anything_has_a_page(make_study: Studies) -> None:
    """Interrupted before the first answer: a verdict that says so, and how to go on."""
    empty = make_study(
        solves=[], networks=[], accuracies=[], traces=[], selections={}, run={"outcome": "interrupted"}
    )
    text = build_report(empty)
    assert "No solve was finished." in text
    assert [one["id"] for one in Page(text).all("section")] == ["verdict", "reproduce"]


def test_a_new_section_is_one_entry(make_study: Studies, monkeypatch: pytest.MonkeyPatch) -> None:
    """What is registered stands where its order says; without blocks it is left out."""
    list(sections)  # found before the copy is made
    monkeypatch.setattr(sections, "_entries", dict(sections._entries))
    sections.add("new", Section("new", "New", 15, lambda study: [Text(f"{len(study.solves)} rows")]))
    sections.add("none", Section("none", "None", 16, lambda study: []))
    text = build_report(make_study())
    assert [one["id"] for one in Page(text).all("section")][:3] == ["verdict", "new", "layers"]
    assert "<p>12 rows</p>" in text


def test_layers_are_called_layers(text: str, make_study: Studies) -> None:
    """The section of a network's layers is not that of instances, in its heading and its link."""
    assert text.count("Layer by layer") == 2
    assert "Instance by instance" not in text
    assert build_report(make_study(run={})).count("Instance by instance") == 2


def test_shared_machines_are_marked_and_explained(
    make_study: Studies, solve_row: Callable[..., object]
) -> None:
    """Times from shared workers have a mark, in the tables and in a note below each; others none."""
    rows = [solve_row(), solve_row(instance="layer2.conv", shared=True)]
    text = build_report(make_study(solves=rows))
    assert text.count(SHARED_DEFINITION) == 2
    assert text.count("<td>~1.500</td>") == 1
    assert text.count("<td>1.500</td>") == 1
    assert "1 of the 2 times was measured while other solves ran on the same machine" in text
    assert SHARED_DEFINITION not in build_report(make_study())
    assert "overestimated" not in build_report(make_study())


def test_seeds_that_joined_are_told(make_study: Studies, solve_row: Callable[..., object]) -> None:
    """Whoever does it again learns which command brought them; where none joined nothing is said."""
    options = {"limits": {"seed": 7}, "random_seeds": 2}
    run = {"options": {"subject": {}, **options}}
    asked = [solve_row(seed=seed) for seed in (7, 8)]
    joined = [*asked, solve_row(seed=0), solve_row(seed=1)]
    told = (
        "Seeds start at 7; solves with the seeds 0 and 1 joined by the same command with --seed 0 and"
    )
    assert told in build_report(make_study(solves=joined, run=run, networks=[], accuracies=[]))
    assert "joined" not in build_report(make_study(solves=asked, run=run, networks=[], accuracies=[]))


def test_titles(make_study: Studies, solve_row: Callable[..., object]) -> None:
    """A network by its name, one instance by its own, several by their number."""
    assert title_of(make_study()) == "Filters of resnet56"
    assert title_of(make_study(run={})) == "3 instances"
    assert title_of(make_study(run={}, solves=[solve_row(instance="a")])) == "a"
    assert title_of(make_study(run={}, solves=[])) == "one"


def test_the_page_depends_on_the_folder_alone(read_only_folder: Path, text: str) -> None:
    """Read and built again, it is the same to the last character."""
    assert build_report(read_study(read_only_folder)) == text
