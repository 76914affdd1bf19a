"""How time grows with the size of an instance."""

from __future__ import annotations

from collections.abc import Sequence
from statistics import median

from matplotlib.axes import Axes
from matplotlib.ticker import NullFormatter, ScalarFormatter

from dispersion.study.plots.canvas import axes_of, finish, point_style, solver_names
from dispersion.study.profiles import SHORTEST, total_seconds
from dispersion.study.tasks import SolveRow

_FINISHED = ("optimal", "feasible")  # a heuristic that ran to its end is finished too


def _at(row: SolveRow) -> tuple[float, bool]:
    """Where a solve is drawn, and whether it finished."""
    finished = row.status in _FINISHED
    return max(total_seconds(row) if finished else row.time_limit, SHORTEST), finished


def time_against_n(rows: Sequence[SolveRow], ax: Axes | None = None) -> Axes:
    """Time of every solve against the number of points, with a line through each solver's medians.

    Solves that did not finish stand at their time limit, as crosses: they would have taken longer, and
    so would a median among them, where the line is at least that high.
    """
    ax = axes_of(ax)
    for k, name in enumerate(solver_names(rows)):
        style = point_style(k)
        sizes: dict[int, list[float]] = {}
        for row in sorted(rows, key=lambda row: row.n):
            if row.solver == name:
                seconds, finished = _at(row)
                sizes.setdefault(row.n, []).append(seconds)
                marker = style["marker"] if finished else "x"
                ax.plot(row.n, seconds, marker, color=style["color"], alpha=0.35, markersize=5)
        medians = [median(times) for times in sizes.values()]
        ax.plot(list(sizes), medians, label=name, markersize=5, **style)
    for limit in {row.time_limit for row in rows}:
        ax.axhline(limit, color="grey", linestyle=":")
    ax.set_yscale("log")
    ax.set_xscale("log")
    ticks = sorted({row.n for row in rows})
    if len(ticks) <= 8:
        ax.set_xticks(ticks)
    ax.xaxis.set_major_formatter(ScalarFormatter())
    ax.xaxis.set_minor_formatter(NullFormatter())
    return finish(ax, "Time against size (crosses: stopped)", "points n", "build + solve time [s]")
