"""Drawings obey the page: its colours, its policy, ids of their own."""

import re
from functools import partial
from typing import Any
from xml.etree import ElementTree

from matplotlib.axes import Axes

from dispersion.report.svg import draw, inline_svg
from dispersion.study.plotting.canvas import figure_of, finish


def plot(label: str, ax: Axes, **look: Any) -> Axes:
    """A line with a name and a legend."""
    ax.plot([1, 2], [3, 4], "ok-", label=label, **look)
    return ax


def test_black_is_the_colour_of_the_page() -> None:
    """Text and black lines follow the page; style attributes, comments and metadata are gone."""
    svg = str(inline_svg(draw(plot, "<b>--> & é"), "one", 'says "a" < b'))
    root = ElementTree.fromstring(svg)
    assert root.get("fill") == "currentColor"
    assert root.get("aria-label") == 'says "a" < b'
    assert "#000000" not in svg
    for forbidden in ("style=", "<style", "<!--", "<metadata", "<script", "xlink", "ns0:"):
        assert forbidden not in svg
    assert 'stroke="currentColor"' in svg
    assert "viewBox" in svg
    assert not {"width", "height"} & set(root.attrib)


def test_ids_are_prefixed_and_found() -> None:
    """Two drawings on one page share no id, and everything referred to is there."""
    one, other = (str(inline_svg(draw(plot, "a"), name, "alt")) for name in ("one", "other"))
    ids = [set(re.findall(r' id="([^"]+)"', svg)) for svg in (one, other)]
    assert not ids[0] & ids[1]
    assert all(name.startswith("one-") for name in ids[0])
    wanted = set(re.findall(r'href="#([^"]+)"', one)) | set(re.findall(r"url\(#([^)]+)\)", one))
    assert wanted
    assert wanted <= ids[0]


def test_the_same_drawing_twice_is_the_same() -> None:
    """Nothing in it depends on the clock or on chance."""
    assert inline_svg(draw(plot, "a"), "one", "alt") == inline_svg(draw(plot, "a"), "one", "alt")


def test_a_legend_makes_the_picture_higher() -> None:
    """The axes keep the size that was asked for."""

    def named(ax: Axes) -> Axes:
        return finish(plot("a", ax), "title", "x", "y")

    low, high = (
        figure_of(draw(one, size=(5, 3))).get_figheight() for one in (partial(plot, None), named)
    )
    assert low == 3
    assert 3.1 < high < 3.5
