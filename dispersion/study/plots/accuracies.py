"""What pruned networks are worth, against what they cost."""

from __future__ import annotations

from collections.abc import Sequence
from statistics import fmean

from matplotlib.axes import Axes
from matplotlib.figure import Figure

from dispersion.study.plotting.canvas import axes_of, plain, point_style
from dispersion.study.plotting.plot import plot
from dispersion.study.rows import RECOVERIES, NetworkRow, recoveries_of


def _by_macs(rows: Sequence[NetworkRow], recovery: str) -> dict[float, list[float]]:
    """Accuracies after a recovery by ascending share of the MACs that is left, in millions."""
    found: dict[float, list[float]] = {}
    for row in sorted(rows, key=lambda row: row.macs):
        if (value := row.accuracy(recovery)) is not None:
            found.setdefault(row.macs / 1e6, []).append(value)
    return found


@plot("accuracy-against-macs", table="networks")
def accuracy_against_macs(
    rows: Sequence[NetworkRow], recovery: str | None = None, ax: Axes | None = None
) -> Axes:
    """Test accuracy after a recovery, or the last one, against the MACs of one image, by method.

    Where a method has several seeds, the line joins their means and a bar spans their range.
    """
    ax = axes_of(ax)
    recovery = recovery or next(reversed(recoveries_of(rows)), "raw")
    pruned = [row for row in rows if row.method != "unpruned" and row.accuracy(recovery) is not None]
    for k, name in enumerate(dict.fromkeys(row.method for row in pruned)):
        found = _by_macs([row for row in pruned if row.method == name], recovery)
        style = point_style(k)
        ax.plot(
            list(found), [fmean(at) for at in found.values()], alpha=0.85, label=plain(name), **style
        )
        several = {macs: at for macs, at in found.items() if len(at) > 1}
        lows, highs = map(min, several.values()), map(max, several.values())
        ax.vlines(list(several), list(lows), list(highs), color=style["color"], alpha=0.5)
    for row in rows:
        if row.method == "unpruned" and row.accuracy_raw is not None:
            ax.axhline(row.accuracy_raw, color="grey", linestyle="--", label="unpruned")
    ax.set_title(f"Accuracy against MACs: {RECOVERIES[recovery]}")
    ax.set_xlabel("multiply-accumulates (MACs) of one image [millions]")
    ax.set_ylabel("test accuracy")
    ax.grid(alpha=0.3)
    return ax


def accuracies_against_macs(rows: Sequence[NetworkRow]) -> Figure:
    """A panel for every recovery, with one legend for all."""
    done = recoveries_of(rows)
    figure = Figure(figsize=(5.2 * len(done) + 1.6, 4.6), layout="constrained")
    panels = figure.subplots(1, len(done), sharey=True, squeeze=False)[0]
    for name, ax in zip(done, panels, strict=True):
        accuracy_against_macs(rows, name, ax)
    handles, labels = panels[0].get_legend_handles_labels()
    figure.legend(handles, labels, loc="outside right upper")
    return figure
