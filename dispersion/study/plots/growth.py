"""How time grows with the size of an instance."""

from __future__ import annotations

from collections.abc import Sequence
from statistics import median

from matplotlib.axes import Axes
from matplotlib.ticker import NullFormatter, ScalarFormatter

from dispersion.study.analysis.profiles import SHORTEST, total_seconds
from dispersion.study.analysis.skips import skipped
from dispersion.study.plotting.canvas import axes_of, finish, plain, point_style, solver_names
from dispersion.study.plotting.plot import plot
from dispersion.study.rows import SolveRow

_FINISHED = ("optimal", "feasible")  # a heuristic that ran to its end is finished too


def _at(row: SolveRow) -> tuple[float, bool]:
    """Where a solve is drawn, and whether it finished."""
    finished = row.status in _FINISHED
    return max(total_seconds(row) if finished else row.time_limit, SHORTEST), finished


@plot("time-against-n")
def time_against_n(rows: Sequence[SolveRow], ax: Axes | None = None) -> Axes:
    """Time of every solve against the number of points, with a line through each solver's medians.

    Solves that did not finish stand at their time limit, as crosses: they would have taken longer.  A
    median is hollow where half of its solves did not finish: it would be higher, too.
    """
    ax = axes_of(ax)
    for k, name in enumerate(solver_names(rows)):
        look = point_style(k)
        sizes: dict[int, list[tuple[float, bool]]] = {}
        for row in sorted(rows, key=lambda row: row.n):
            if row.solver == name and row.status != "error" and not skipped(row):
                sizes.setdefault(row.n, []).append(_at(row))
        for n, solves in sizes.items():
            for seconds, finished in solves:
                marker, alpha = (look["marker"], 0.35) if finished else ("x", 1.0)
                ax.plot(n, seconds, marker, color=look["color"], alpha=alpha, markersize=5)
        medians = [median(seconds for seconds, _ in solves) for solves in sizes.values()]
        ax.plot(list(sizes), medians, label=plain(name), markersize=5, **look)
        for n, height, solves in zip(sizes, medians, sizes.values(), strict=True):
            if 2 * sum(finished for _, finished in solves) <= len(solves):
                ax.plot(n, height, markersize=7, markerfacecolor="white", zorder=3, **look)
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
