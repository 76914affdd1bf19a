"""Who keeps the most accuracy at one keep ratio, and who may be as good."""

from __future__ import annotations

from collections.abc import Sequence
from statistics import fmean

from matplotlib.axes import Axes

from dispersion.study.plotting.canvas import COLOURS, axes_of, finish, plain
from dispersion.study.plotting.plot import plot
from dispersion.study.rows import RECOVERIES, AccuracyRow

_ROOM = 0.5  # of a line, for the seeds of a method


@plot("accuracy-by-method", table="accuracies")
def accuracy_by_method(
    rows: Sequence[AccuracyRow],
    recovery: str | None = None,
    keep: float | None = None,
    ax: Axes | None = None,
) -> Axes:
    """Test accuracy of every method at one keep ratio after one recovery, with 95 % intervals.

    A dot a network: several seeds of a method lie close together.  The highest mean is on top.  Of
    several keep ratios the first is drawn, and of several recoveries the last, unless they are given.
    """
    ax = axes_of(ax)
    pruned = [row for row in rows if row.method != "unpruned"]
    keep = keep if keep is not None else next((row.keep for row in pruned), None)
    pruned = [row for row in pruned if row.keep == keep]
    recovery = recovery or next((row.recovery for row in reversed(pruned)), "raw")
    groups = _ranked([row for row in pruned if row.recovery == recovery])
    for j, mine in enumerate(groups.values()):
        heights = [j + _ROOM * ((k + 0.5) / len(mine) - 0.5) for k in range(len(mine))]
        lows, highs = [row.top1_low for row in mine], [row.top1_high for row in mine]
        ax.hlines(heights, lows, highs, color=COLOURS[0], alpha=0.6)
        ax.plot([row.top1 for row in mine], heights, "o", color=COLOURS[0], markersize=4.5)
    ax.set_yticks(range(len(groups)), map(plain, groups))
    ax.set_ylim(-0.6, max(len(groups), 1) - 0.4)
    whole = [row.top1 for row in rows if row.method == "unpruned" and row.recovery == "raw"]
    beside = f" (unpruned: {whole[0]:.3f})" if whole else ""
    at = "" if keep is None else f" at keep {keep:g}"
    title = f"Accuracy{at}: {RECOVERIES.get(recovery, recovery)}"
    return finish(ax, title, f"test accuracy, 95 % intervals{beside}", "")


def _ranked(rows: Sequence[AccuracyRow]) -> dict[str, list[AccuracyRow]]:
    """The networks of every method, by ascending mean."""
    groups: dict[str, list[AccuracyRow]] = {}
    for row in rows:
        groups.setdefault(row.method, []).append(row)
    return dict(sorted(groups.items(), key=lambda group: fmean(row.top1 for row in group[1])))
