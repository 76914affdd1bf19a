"""What all pictures have in common: axes to draw into, a look for every name, and a legend below."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

from matplotlib.axes import Axes
from matplotlib.axis import Axis
from matplotlib.figure import Figure
from matplotlib.ticker import FormatStrFormatter, LogLocator, NullFormatter
from matplotlib.transforms import ScaledTranslation

from dispersion.study.rows import SolveRow

# Okabe and Ito's colours, told apart by colour-blind readers too; marker and dashes say it again.
# No colour stands for two names: what comes after the last one is grey.
COLOURS = ("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9", "#000000")
GREY = "#808080"
MARKERS = "osD^vPX<>*hpd"
DASHES = ("-", "--", "-.", ":", (0, (5, 1, 1, 1, 1, 1)))

_LEGEND = 8.5  # size of its letters in points
_KEY = 0.55  # inches that the line before a name takes, with the space around
_LABELS = 0.52  # inches below the axes that the numbers and the label of the axis take
_NO_LABELS = 0.1  # without them


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
    colour = COLOURS[k] if k < len(COLOURS) else GREY
    return {"color": colour, "marker": MARKERS[k % len(MARKERS)]}


def line_style(k: int) -> dict[str, Any]:
    """Colour, marker and dashes of the k-th name."""
    return point_style(k) | {"linestyle": DASHES[k % len(DASHES)]}


def plain(name: str) -> str:
    """A name as text that is drawn as it is: a dollar sign begins no formula."""
    return name.replace("$", r"\$")


def solver_names(rows: Sequence[SolveRow]) -> list[str]:
    """Every solver once, in the order of the rows; its place decides its look."""
    return list(dict.fromkeys(row.solver for row in rows))


def _spread_ticks(axis: Axis) -> None:
    """Let a logarithmic axis of one or two decades have ticks at 1, 2 and 5, which do not touch."""
    low, high = sorted(axis.get_view_interval())
    if low > 0 and 5 < high / low < 200:
        axis.set_major_locator(LogLocator(subs=(1.0, 2.0, 5.0)))
        axis.set_major_formatter(FormatStrFormatter("%g"))
        axis.set_minor_formatter(NullFormatter())


def decade_below(value: float) -> float:
    """The largest power of ten that is less than a positive number."""
    return float(10.0 ** (math.ceil(math.log10(value)) - 1))


def finish(ax: Axes, title: str, xlabel: str, ylabel: str) -> Axes:
    """Say what is drawn, with a grid, and a legend below the axes if anything has a name."""
    ax.set_title(title)
    ax.set_xlabel(xlabel)
    ax.set_ylabel(ylabel)
    ax.grid(alpha=0.3)
    for axis in (ax.xaxis, ax.yaxis):
        if isinstance(axis.get_major_locator(), LogLocator):
            _spread_ticks(axis)
    handles, labels = ax.get_legend_handles_labels()
    if handles:
        figure, below = figure_of(ax), _LABELS if xlabel else _NO_LABELS
        room = figure.get_figwidth() * 1.2 * ax.get_position().width  # with what stands beside them
        widest = _KEY + max(map(len, labels)) * 0.5 * _LEGEND / 72
        ax.legend(
            loc="upper center",
            bbox_to_anchor=(0.5, 0.0),
            bbox_transform=ax.transAxes + ScaledTranslation(0, -below, figure.dpi_scale_trans),
            ncols=max(1, min(len(labels), int(room / widest))),
            fontsize=_LEGEND,
            borderaxespad=0.0,
            frameon=False,
        )
    return ax
