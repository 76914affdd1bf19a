"""What pruned networks are worth, against what they cost."""

from __future__ import annotations

from collections.abc import Sequence
from statistics import fmean

from matplotlib.axes import Axes
from matplotlib.figure import Figure

from dispersion.study.plotting.canvas import axes_of, finish, line_style, plain
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

    Where a method has several seeds, the line joins their means and a bar spans their range.  The names
    stand in the order of their mean accuracy, the highest first; those with fewer networks come last.
    """
    ax = axes_of(ax)
    recovery = recovery or next(reversed(recoveries_of(rows)), "raw")
    pruned = [row for row in rows if row.method != "unpruned"]
    found = {
        name: _by_macs([row for row in pruned if row.method == name], recovery)
        for name in dict.fromkeys(row.method for row in pruned)
    }
    means = {name: [fmean(values) for values in of.values()] for name, of in found.items()}
    ranked = sorted(filter(means.get, found), key=lambda name: (-len(means[name]), -fmean(means[name])))
    for name in ranked:
        style = line_style(list(found).index(name))
        ax.plot(list(found[name]), means[name], alpha=0.85, label=plain(name), **style)
        several = {macs: at for macs, at in found[name].items() if len(at) > 1}
        lows, highs = map(min, several.values()), map(max, several.values())
        ax.vlines(list(several), list(lows), list(highs), color=style["color"], alpha=0.5)
    for row in rows:
        if row.method == "unpruned" and row.accuracy_raw is not None:
            ax.axhline(row.accuracy_raw, color="grey", linestyle="--", label="unpruned")
    ax.autoscale_view()  # the line has a margin, too
    title = f"Accuracy against MACs: {RECOVERIES[recovery]}"
    return finish(ax, title, "multiply-accumulates (MACs) of one image [millions]", "test accuracy")


def accuracies_against_macs(rows: Sequence[NetworkRow]) -> Figure:
    """A panel for every recovery, each with the axis that fits it, and one legend for all.

    The names stand in the order of their accuracy after the last recovery.
    """
    done = recoveries_of(rows)
    figure = Figure(figsize=(5.2 * len(done) + 1.6, 4.6), layout="constrained")
    panels = figure.subplots(1, len(done), squeeze=False)[0]
    for name, ax in zip(done, panels, strict=True):
        accuracy_against_macs(rows, name, ax)
        ax.get_legend().remove()
    figure.legend(*panels[-1].get_legend_handles_labels(), loc="outside right upper")
    return figure
