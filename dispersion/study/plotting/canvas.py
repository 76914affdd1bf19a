"""What all pictures have in common: axes to draw into, and a look for every name."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from matplotlib.axes import Axes
from matplotlib.figure import Figure

from dispersion.study.rows import SolveRow

# Okabe and Ito's colours, told apart by colour-blind readers too; marker and dashes say it again
COLOURS = ("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9", "#000000")
MARKERS = "osD^vPX<>*hpd"
DASHES = ("-", "--", "-.", ":", (0, (5, 1, 1, 1, 1, 1)))


def axes_of(ax: Axes | None) -> Axes:
    """The axes given, or those of a new figure."""
    return Figure(figsize=(7, 4.2), layout="constrained").subplots() if ax is None else ax


def figure_of(ax: Axes) -> Figure:
    """The whole figure that axes are in."""
    figure = ax.get_figure(root=True)
    assert figure is not None
    return figure


def point_style(k: int) -> dict[str, Any]:
    """Colour and marker of the k-th name."""
    return {"color": COLOURS[k % len(COLOURS)], "marker": MARKERS[k % len(MARKERS)]}


def line_style(k: int) -> dict[str, Any]:
    """Colour and dashes of the k-th name."""
    return {"color": COLOURS[k % len(COLOURS)], "linestyle": DASHES[k % len(DASHES)]}


def plain(name: str) -> str:
    """A name as text that is drawn as it is: a dollar sign begins no formula."""
    return name.replace("$", r"\$")


def solver_names(rows: Sequence[SolveRow]) -> list[str]:
    """Every solver once, in the order of the rows; its place decides its look."""
    return list(dict.fromkeys(row.solver for row in rows))


def finish(ax: Axes, title: str, xlabel: str, ylabel: str) -> Axes:
    """Say what is drawn, with a grid, and a legend if anything has a name."""
    ax.set_title(title)
    ax.set_xlabel(xlabel)
    ax.set_ylabel(ylabel)
    ax.grid(alpha=0.3)
    if ax.get_legend_handles_labels()[0]:
        ax.legend()
    return ax
