"""How far from its own proof every solve ended."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence

from matplotlib.axes import Axes
from matplotlib.ticker import NullLocator

from dispersion.study.analysis.profiles import SHORTEST, total_seconds
from dispersion.study.plotting.canvas import (
    axes_of,
    decade_below,
    finish,
    plain,
    point_style,
    solver_names,
)
from dispersion.study.plotting.plot import plot
from dispersion.study.rows import SolveRow

_SMALLEST = 1e-4  # per cent; smaller gaps are drawn as this
_LANE = 10**-0.3  # from one lane of proven solves to the next
_COLUMN = (
    10**0.06
)  # from the time limit to the first column of stopped solves, and from one to the next


def _percent(row: SolveRow) -> float:
    """The gap as it is drawn; 0 for a proof."""
    return 0.0 if row.status == "optimal" or not row.gap else max(100 * row.gap, _SMALLEST)


@plot("gap-against-time")
def gap_against_time(rows: Sequence[SolveRow], ax: Axes | None = None) -> Axes:
    """How far from its own proof every solve ended, against the time it took.

    The gap is (bound - objective) / bound; solvers that prove no bound are not drawn.  Proven solves,
    which have no place on a logarithmic axis, lie below it, in a lane for every solver in the order of
    the legend.  Solves that the
    time limit stopped lie to the right of it, in a column for every solver.
    """
    ax = axes_of(ax)
    names = solver_names(rows)
    rows = [row for row in rows if row.gap is not None]
    gaps = [gap for row in rows if (gap := _percent(row))]
    floor = decade_below(min(gaps, default=100.0))
    lanes = _apart([row.solver for row in rows if not _percent(row)], floor, _LANE)
    aside = _apart([row.solver for row in rows if _stopped(row)], 1.0, _COLUMN)
    for k, name in enumerate(names):
        mine = [row for row in rows if row.solver == name]
        if mine:
            seconds = [
                row.time_limit * aside[name] if _stopped(row) else max(total_seconds(row), SHORTEST)
                for row in mine
            ]
            heights = [_percent(row) or lanes[name] for row in mine]
            ax.plot(seconds, heights, linestyle="none", alpha=0.75, label=plain(name), **point_style(k))
    for limit in {row.time_limit for row in rows if _stopped(row)}:
        ax.axvline(limit, color="grey", linestyle=":")
    ax.set_xscale("log")
    _scale(ax, lanes, floor, 2 * max(gaps, default=floor / 2))
    title, height = "Gap against time, one point per solve", "gap (bound - objective) / bound [%]"
    return finish(ax, title, "build + solve time [s]", height)


def _stopped(row: SolveRow) -> bool:
    return row.status == "time_limit"


def _apart(solvers: Iterable[str], start: float, step: float) -> dict[str, float]:
    """A place for each of these, one step after the other."""
    return {name: start * step ** (k + 1) for k, name in enumerate(dict.fromkeys(solvers))}


def _scale(ax: Axes, lanes: dict[str, float], floor: float, top: float) -> None:
    """Per cent up to the largest gap, and below them the lanes of proven solves."""
    ax.set_yscale("log")
    ax.set_ylim(floor * _LANE ** (len(lanes) + 1), top)
    steps = (1, 2, 5) if top <= 100 * floor else (1,)
    decades = range(round(math.log10(floor)), 3)
    places = [one for k in decades for step in steps if (one := step * 10.0**k) <= min(top, 100)]
    names = [f"{one:g}" for one in places]
    if lanes:
        places, names = [*places, floor * _LANE ** ((len(lanes) + 1) / 2)], [*names, "0"]
    ax.set_yticks(places, names)
    ax.yaxis.set_minor_locator(NullLocator())
    if lanes:
        ax.axhline(floor, color="grey", linewidth=0.8)
