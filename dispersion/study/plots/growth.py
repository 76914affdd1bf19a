"""How time grows with the size of an instance."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from statistics import median

from matplotlib.axes import Axes
from matplotlib.ticker import NullLocator

from dispersion.study.analysis.profiles import SHORTEST, total_seconds
from dispersion.study.analysis.skips import skipped
from dispersion.study.plotting.canvas import axes_of, finish, line_style, plain, solver_names
from dispersion.study.plotting.plot import plot
from dispersion.study.rows import SolveRow

_FINISHED = ("optimal", "feasible")  # a heuristic that ran to its end is finished too
_MOST_TICKS = 8


def _at(row: SolveRow) -> tuple[float, bool]:
    """Where a solve is drawn, and whether it finished."""
    finished = row.status in _FINISHED
    return max(total_seconds(row) if finished else row.time_limit, SHORTEST), finished


def _by_size(rows: Sequence[SolveRow]) -> dict[int, list[tuple[float, bool]]]:
    found: dict[int, list[tuple[float, bool]]] = {}
    for row in sorted(rows, key=lambda row: row.n):
        found.setdefault(row.n, []).append(_at(row))
    return found


def _beside(sizes: Sequence[int], count: int) -> list[float]:
    """Factors that move each of many solvers a little to the side, so that no mark hides another.

    All of them together take less than half of the way to the next size.
    """
    steps = [high / low for low, high in pairwise(sizes)]
    room = min([1.2, *steps]) ** 0.4
    return [room ** ((k - (count - 1) / 2) / count) for k in range(count)]


@plot("time-against-n")
def time_against_n(rows: Sequence[SolveRow], ax: Axes | None = None) -> Axes:
    """Time of every solve against the number of points, with a line through each solver's medians.

    Solves that did not finish stand at their time limit, as crosses: they would have taken longer.  A
    median is hollow where half of its solves did not finish: it would be higher, too.  Solvers stand
    side by side at every size.
    """
    ax = axes_of(ax)
    names, ticks = solver_names(rows), sorted({row.n for row in rows})
    rows = [row for row in rows if row.status != "error" and not skipped(row)]
    for k, (name, aside) in enumerate(zip(names, _beside(ticks, len(names)), strict=True)):
        mine = _by_size([row for row in rows if row.solver == name])
        if mine:
            _draw(ax, plain(name), k, {n * aside: solves for n, solves in mine.items()})
    for limit in {row.time_limit for row in rows if row.status not in _FINISHED}:
        ax.axhline(limit, color="grey", linestyle=":")
    ax.set_yscale("log")
    ax.set_xscale("log")
    shown = ticks[:: -(-len(ticks) // _MOST_TICKS)] if ticks else []
    ax.set_xticks(shown, map(str, shown))
    ax.xaxis.set_minor_locator(NullLocator())
    return finish(ax, "Time against size (crosses: stopped)", "points n", "build + solve time [s]")


def _draw(ax: Axes, label: str, k: int, places: dict[float, list[tuple[float, bool]]]) -> None:
    """All solves of one solver, by the place of their size, and its medians."""
    look = line_style(k)
    for x, solves in places.items():
        for seconds, finished in solves:
            marker, alpha = (look["marker"], 0.35) if finished else ("x", 1.0)
            ax.plot(x, seconds, marker, color=look["color"], alpha=alpha, markersize=4)
    medians = [median(seconds for seconds, _ in solves) for solves in places.values()]
    ax.plot(list(places), medians, label=label, markersize=5, **look)
    for (x, solves), height in zip(places.items(), medians, strict=True):
        if 2 * sum(finished for _, finished in solves) <= len(solves):
            ax.plot(x, height, markersize=6, markerfacecolor="white", zorder=3, **look)
