"""Pictures of a study; every function draws into the axes it is given, or makes its own."""

from __future__ import annotations

from collections.abc import Sequence
from statistics import fmean
from typing import Any

from matplotlib.axes import Axes
from matplotlib.figure import Figure

from dispersion.study.tasks import RECOVERIES, NetworkRow, SolveRow

# Okabe and Ito's colours, told apart by colour-blind readers too; the marker says it again
_COLOURS = ("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9", "#000000")
_MARKERS = "osD^vPX<>*hpd"


def _axes(ax: Axes | None) -> Axes:
    return Figure(figsize=(7, 4.2), layout="constrained").subplots() if ax is None else ax


def figure_of(ax: Axes) -> Figure:
    """The whole figure that axes are in."""
    figure = ax.get_figure(root=True)
    assert figure is not None
    return figure


def _style(k: int) -> dict[str, Any]:
    return {"color": _COLOURS[k % len(_COLOURS)], "marker": _MARKERS[k % len(_MARKERS)]}


def _names(rows: Sequence[SolveRow]) -> list[str]:
    return list(dict.fromkeys(row.solver for row in rows))


def gap_against_time(rows: Sequence[SolveRow], ax: Axes | None = None) -> Axes:
    """How far from its own proof every solve ended, against the time it took.

    The gap is (bound - objective) / bound; solvers that prove no bound are not drawn.  Proven solves
    lie on the line at 0.
    """
    ax = _axes(ax)
    for k, name in enumerate(_names(rows)):
        points = [
            (max(row.build_seconds + row.solve_seconds, 1e-4), 100 * row.gap)
            for row in rows
            if row.solver == name and row.gap is not None
        ]
        if points:
            seconds, gaps = zip(*points, strict=True)
            ax.plot(seconds, gaps, linestyle="none", alpha=0.75, label=name, **_style(k))
    ax.set_xscale("log")
    ax.set_yscale("symlog", linthresh=0.1)
    ax.set_ylim(-0.02, 200)  # a gap is at most 100 %
    ax.set_yticks([0, 0.1, 1, 10, 100], ["0", "0.1", "1", "10", "100"])
    ax.set_xlabel("build + solve time [s]")
    ax.set_ylabel("gap (bound - objective) / bound [%]")
    ax.set_title("Gap against time, one point a solve")
    ax.grid(alpha=0.3)
    if ax.has_data():
        ax.legend()
    return ax


def _by_macs(rows: Sequence[NetworkRow], recovery: str) -> dict[float, list[float]]:
    """Accuracies after a recovery by ascending share of the MACs that is left, in millions."""
    found: dict[float, list[float]] = {}
    for row in sorted(rows, key=lambda row: row.macs):
        if (value := row.accuracy(recovery)) is not None:
            found.setdefault(row.macs / 1e6, []).append(value)
    return found


def accuracy_against_macs(
    rows: Sequence[NetworkRow], recovery: str = "bn", ax: Axes | None = None
) -> Axes:
    """Test accuracy after a recovery against the MACs of one image, one line a method.

    Where a method has several seeds, the line joins their means and a bar spans their range.
    """
    ax = _axes(ax)
    pruned = [row for row in rows if row.method != "unpruned" and row.accuracy(recovery) is not None]
    for k, name in enumerate(dict.fromkeys(row.method for row in pruned)):
        found = _by_macs([row for row in pruned if row.method == name], recovery)
        style = _style(k)
        ax.plot(list(found), [fmean(at) for at in found.values()], alpha=0.85, label=name, **style)
        several = {macs: at for macs, at in found.items() if len(at) > 1}
        lows, highs = map(min, several.values()), map(max, several.values())
        ax.vlines(list(several), list(lows), list(highs), color=style["color"], alpha=0.5)
    for row in rows:
        if row.method == "unpruned" and row.accuracy_raw is not None:
            ax.axhline(row.accuracy_raw, color="grey", linestyle="--", label="unpruned")
    ax.set_xlabel("multiply-accumulates (MACs) of one image [millions]")
    ax.set_ylabel("test accuracy")
    ax.set_title(f"Accuracy against MACs: {RECOVERIES[recovery]}")
    ax.grid(alpha=0.3)
    return ax


def accuracies_against_macs(rows: Sequence[NetworkRow]) -> Figure:
    """A panel for every recovery, with one legend for all."""
    done = [name for name in RECOVERIES if any(row.accuracy(name) is not None for row in rows[1:])]
    figure = Figure(figsize=(5.2 * len(done) + 1.6, 4.6), layout="constrained")
    panels = figure.subplots(1, len(done), sharey=True, squeeze=False)[0]
    for name, ax in zip(done, panels, strict=True):
        accuracy_against_macs(rows, name, ax)
    handles, labels = panels[0].get_legend_handles_labels()
    figure.legend(handles, labels, loc="outside right upper")
    return figure
