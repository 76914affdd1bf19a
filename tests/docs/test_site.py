"""The site as it is built: complete, self-contained, and readable on a phone and without pictures."""

from __future__ import annotations

import html
import re
import shutil
from pathlib import Path

import pytest

from docs._extensions.command_lines import PARSERS
from docs._extensions.reference import packages
from solvers.registration import registry as solvers

pytestmark = pytest.mark.slow  # the whole site is built

CHROMIUM = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome")
LOADED = re.compile(r"<(?:script|img|iframe|source|video|audio)\b[^>]*?\bsrc=\"([^\"]+)\"")
LINKED = re.compile(r"<link\b[^>]*?\bhref=\"([^\"]+)\"")


@pytest.fixture(scope="session")
def pages(site: Path) -> dict[str, str]:
    """Every page of the site, by its path."""
    return {str(path.relative_to(site)): path.read_text("utf-8") for path in site.rglob("*.html")}


def test_nothing_is_loaded_from_elsewhere(site, pages):
    """No script, style, picture or font of another place, on any page or in any style."""
    for name, text in pages.items():
        for address in [*LOADED.findall(text), *LINKED.findall(text)]:
            assert not re.match(r"(?:\w+:)?//", address), (name, address)
    for path in site.rglob("*.css"):
        assert not re.search(r"(?:url\(|@import)\s*['\"]?(?:\w+:)?//", path.read_text("utf-8")), path


def test_everything_that_is_loaded_is_there(site, pages):
    """No script, style or picture is missing."""
    for name, text in pages.items():
        for address in [*LOADED.findall(text), *LINKED.findall(text)]:
            if not address.startswith(("data:", "#")):
                assert ((site / name).parent / address.split("?")[0]).is_file(), (name, address)


def test_pictures_have_texts(pages):
    """Each picture says what is to be seen."""
    pictures = [tag for text in pages.values() for tag in re.findall(r"<img\b[^>]*>", text)]
    assert pictures
    for tag in pictures:
        found = re.search(r'\balt="([^"]*)"', tag)
        assert found, tag
        assert len(found[1]) > 30, tag


def test_formulas_are_written_out(pages):
    """They are MathML, without a script that makes them."""
    assert "<math" in pages["solvers/max-min/kuby.html"]
    assert not any("mathjax" in text.lower() for text in pages.values())


def test_pages_say_their_language(pages):
    """Readers' voices need to know."""
    for name, text in pages.items():
        assert re.search(r'<html[^>]*\blang="en"', text), name


def test_solvers_packages_and_options_are_on_their_pages(pages):
    """What is registered, written and parsed can be found."""
    listed = pages["solvers/index.html"]
    for key in solvers:
        assert f">{key.split('/')[1]}<" in listed
    for package in packages():
        assert f'id="module-{package}"' in pages[f"reference/{package}.html"]
    text = html.unescape(re.sub(r"<[^>]+>", "", pages["command-line.html"]))
    for make in PARSERS.values():
        for action in make()._actions:
            for option in action.option_strings:
                assert option in text


def test_names_in_docstrings_are_links(pages):
    """What stands in backticks leads to where it is defined."""
    assert 'href="dispersion.html#dispersion.instance.Instance"' in pages["reference/solvers.html"]


def test_the_search_knows_solvers_and_terms(site):
    """The index of the search is part of the site."""
    index = (site / "searchindex.js").read_text("utf-8")
    for word in ("kuby", "farthest", "negat", "solvers.solving.solve"):
        assert word in index


def test_no_page_is_wider_than_a_phone(site, pages):
    """At 390 pixels only tables, code and formulas are scrolled sideways; nothing is asked for."""
    api = pytest.importorskip(
        "playwright.sync_api", reason="playwright is not installed (extra 'test')"
    )
    path = next((found for name in CHROMIUM if (found := shutil.which(name))), None)
    if path is None:
        pytest.skip("no Chromium on this machine; on Debian: apt-get install chromium")
    asked: list[str] = []
    with api.sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path)
        page = browser.new_page(viewport={"width": 390, "height": 844})
        page.on("request", lambda request: asked.append(request.url))
        wide = []
        for name in pages:
            page.goto((site / name).as_uri())
            if page.evaluate("document.scrollingElement.scrollWidth") > 390:
                wide.append(name)
        browser.close()
    assert not wide
    assert all(address.startswith(("file:", "data:")) for address in asked)
