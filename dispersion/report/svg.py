"""Drawings as part of a page: they take its colours, and obey its content security policy."""

from __future__ import annotations

import io
import re
from collections.abc import Callable
from typing import Any
from xml.etree import ElementTree

import matplotlib as mpl
from markupsafe import Markup
from matplotlib.axes import Axes
from matplotlib.figure import Figure

_SVG = "{http://www.w3.org/2000/svg}"
_HREF = "{http://www.w3.org/1999/xlink}href"
_UNNEEDED = (f"{_SVG}metadata", f"{_SVG}style")
_INK, _PAPER = "#000000", "#ffffff"
_LOOK: dict[Any, Any] = {
    "svg.fonttype": "path",  # the same on every machine
    "font.size": 10.0,
    "axes.titlesize": 10.5,
    "axes.spines.top": False,
    "axes.spines.right": False,
}


def draw(
    plot: Callable[..., Axes], *arguments: Any, size: tuple[float, float] = (5.2, 3.7), **options: Any
) -> Axes:
    """Call a function of `dispersion.study.plots` on new axes in the report's look.

    The size is in inches; a legend below the axes comes on top of it.
    """
    with mpl.rc_context(_LOOK):
        figure = Figure(figsize=size, layout="constrained")
        ax = plot(*arguments, ax=figure.subplots(), **options)
        if legend := ax.get_legend():
            figure.set_figheight(size[1] + legend.get_window_extent().height / figure.dpi)
        return ax


def inline_svg(ax: Axes, name: str, alt: str) -> Markup:
    """The figure that axes are in, as an ``svg`` element for the middle of a page.

    Black becomes the colour of the page's text, and white that of its ground.  Style attributes, which
    a strict content security policy forbids, become attributes of presentation; comments go.

    Parameters
    ----------
    ax : Axes
        Any of the figure's.
    name : str
        Prefix of the ids inside, one of its own for every drawing of a page.
    alt : str
        What is to be seen, for those who cannot see it.
    """
    figure = ax.get_figure(root=True)
    assert figure is not None
    file = io.StringIO()
    with mpl.rc_context({**_LOOK, "svg.hashsalt": name}):  # the same page twice is the same page
        figure.savefig(file, format="svg", transparent=True, metadata={"Date": None})
    root = ElementTree.fromstring(file.getvalue())  # noqa: S314 (our own drawing, not a file's)
    for parent in root.iter():
        for child in [child for child in parent if child.tag in _UNNEEDED]:
            parent.remove(child)
    _adapt(root, name)
    for size in ("width", "height"):
        del root.attrib[size]
    root.set("stroke-linejoin", "round")  # what the style that was removed said
    root.set("fill", "currentColor")  # of text, which is black by saying nothing
    root.set("role", "img")
    root.set("aria-label", alt)
    ElementTree.register_namespace("", _SVG[1:-1])
    return Markup(ElementTree.tostring(root, encoding="unicode"))  # noqa: S704 (escaped by the writer)


def _adapt(root: ElementTree.Element, name: str) -> None:
    for element in root.iter():
        for part in element.attrib.pop("style", "").split(";"):
            key, _, value = part.partition(":")
            if value:
                element.set(key.strip(), value.strip())
        if element.get("fill") == _PAPER:
            element.set("class", "paper")
        for key, value in list(element.attrib.items()):
            if value == _INK:
                element.set(key, "currentColor")
            elif key == "id":
                element.set(key, f"{name}-{value}")
            elif key == _HREF:
                element.set("href", f"#{name}-{value[1:]}")
                del element.attrib[key]
            elif "url(#" in value:
                element.set(key, re.sub(r"url\(#", f"url(#{name}-", value))
