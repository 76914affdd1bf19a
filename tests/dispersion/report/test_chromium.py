"""The page in a real browser: silent, sorted by keys and mouse, dark, printed, narrow."""

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

api = pytest.importorskip("playwright.sync_api", reason="playwright is not installed (extra 'test')")

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome")
COLUMN = "[...document.querySelector('table').tBodies[0].rows].map(row => row.cells[{}].innerText)"


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    """A headless Chromium of this machine."""
    path = next((found for name in NAMES if (found := shutil.which(name))), None)
    if path is None:
        pytest.skip("no Chromium on this machine; on Debian: apt-get install chromium")
    with api.sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=path)
        yield chromium
        chromium.close()


@pytest.fixture
def opened(browser: Any, read_only_folder: Path) -> Iterator[Callable[..., Any]]:
    """Open the report: ``opened(color_scheme="dark", width=390)``; it must ask for nothing else."""
    contexts, complaints, asked = [], [], []

    def open_page(width: int = 1200, **options: Any) -> Any:
        context = browser.new_context(viewport={"width": width, "height": 900}, **options)
        contexts.append(context)
        page = context.new_page()
        page.on("console", lambda message: complaints.append(message.text))
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.on("request", lambda request: asked.append(request.url))
        page.goto((read_only_folder / "report.html").as_uri())
        return page

    yield open_page
    for context in contexts:
        context.close()
    assert complaints == []
    assert {url for url in asked if not url.startswith("data:")} == {
        (read_only_folder / "report.html").as_uri()
    }


def numbers(page: Any, column: int) -> list[str]:
    """The texts of a column of the first table, from top to bottom."""
    return list(page.evaluate(COLUMN.format(column)))


def contrast(page: Any, selector: str) -> float:
    """Ratio of luminances of an element's text and the page's ground (WCAG 2.1)."""
    return float(
        page.evaluate(
            """selector => {
              const rgb = text => text.match(/[\\d.]+/g).slice(0, 3).map(Number);
              const linear = v => (v /= 255) <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4;
              const light = ([r, g, b]) =>
                0.2126 * linear(r) + 0.7152 * linear(g) + 0.0722 * linear(b) + 0.05;
              const ink = light(rgb(getComputedStyle(document.querySelector(selector)).color));
              const ground = light(rgb(getComputedStyle(document.body).backgroundColor));
              return Math.max(ink, ground) / Math.min(ink, ground);
            }""",
            selector,
        )
    )


def test_keys_sort_a_table(opened: Callable[..., Any]) -> None:
    """Enter on a head sorts upwards, again downwards; what is said aloud and marked follows."""
    page = opened()
    head = page.locator("thead th").nth(1)
    before = numbers(page, 1)
    assert before == ["8", "12", "16"]
    head.locator("button").focus()
    page.keyboard.press("Enter")
    assert (head.get_attribute("aria-sort"), numbers(page, 1)) == ("ascending", before)
    page.keyboard.press("Space")
    assert (head.get_attribute("aria-sort"), numbers(page, 1)) == ("descending", before[::-1])
    said = page.locator("#said").inner_text()
    assert said == "Best value and best bound of every layer: sorted by n, descending"
    assert page.evaluate("[number('~1,000.5'), number('-')]")[0] == 1000.5


def test_the_mouse_sorts_and_absent_values_stay_last(opened: Callable[..., Any]) -> None:
    """Every solve by its bound: numbers by size, dashes at the end both ways.

    Three instances; random has no bound: two seeds and the line of their mean on each.
    """
    page = opened()
    page.locator("summary").first.click()
    table = page.locator("table").nth(1)
    head = table.locator("thead th").nth(5)
    head.locator("button").click()
    upwards = [cell.inner_text() for cell in table.locator("tbody td:nth-child(6)").all()]
    assert upwards == ["0.3"] * 3 + ["0.4"] * 3 + ["-"] * 9
    head.locator("button").click()
    downwards = [cell.inner_text() for cell in table.locator("tbody td:nth-child(6)").all()]
    assert downwards == ["0.4"] * 3 + ["0.3"] * 3 + ["-"] * 9
    other = table.locator("thead th").nth(0)
    other.locator("button").click()
    assert head.get_attribute("aria-sort") is None
    assert other.get_attribute("aria-sort") == "ascending"


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_light_and_dark_can_be_read(opened: Callable[..., Any], scheme: str) -> None:
    """Text stands out by 4.5 to 1 at least; drawings have the colours of the text."""
    page = opened(color_scheme=scheme)
    for selector in (".lead", ".note", "figcaption", "nav a", ".picture svg"):
        assert contrast(page, selector) >= 4.5, selector
    ground = page.evaluate("getComputedStyle(document.body).backgroundColor.match(/\\d+/)[0] < 128")
    assert ground is (scheme == "dark")
    text = "getComputedStyle(document.querySelector('.picture svg g[id*=text_] use')).fill"
    assert page.evaluate(text) == page.evaluate("getComputedStyle(document.body).color")


def test_print_is_black_on_white_even_from_the_dark(opened: Callable[..., Any]) -> None:
    """Paper has no night; nothing is cut off in boxes that scroll; there is a PDF."""
    page = opened(color_scheme="dark")
    page.emulate_media(media="print", color_scheme="dark")
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(255, 255, 255)"
    assert page.evaluate("getComputedStyle(document.body).color") == "rgb(0, 0, 0)"
    boxes = "[...document.querySelectorAll('.scroll')].map(box => getComputedStyle(box).overflow)"
    assert set(page.evaluate(boxes)) == {"visible"}
    assert not page.locator("nav").is_visible()
    assert page.pdf(format="A4").startswith(b"%PDF")


def test_a_phone_scrolls_one_way(opened: Callable[..., Any]) -> None:
    """At 390 pixels nothing sticks out of the page; wide tables scroll in their boxes."""
    page = opened(width=390)
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    assert page.evaluate("document.querySelector('.scroll').scrollWidth") > 390


def test_the_keyboard_reaches_the_content_first(opened: Callable[..., Any]) -> None:
    """The first Tab is the way past the links."""
    page = opened()
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.getAttribute('href')") == "#main"
    page.keyboard.press("Enter")
    page.wait_for_url("**#main")  # it fails if that does not come; the keystroke may take a moment


def test_names_run_nothing(opened: Callable[..., Any], nasty: str) -> None:
    """A layer called like a script is shown as it is called."""
    page = opened()
    assert nasty in numbers(page, 0)
    assert page.locator("script").count() == 1
