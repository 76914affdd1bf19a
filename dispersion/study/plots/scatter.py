"""One solver's times against those of a baseline."""

from __future__ import annotations

import math
from collections.abc import Sequence

from matplotlib.axes import Axes

from dispersion.study.analysis.profiles import SHORTEST, middle_runs, proof_seconds
from dispersion.study.analysis.skips import skipped
from dispersion.study.plotting.canvas import axes_of, finish, plain, point_style, solver_names
from dispersion.study.plotting.plot import plot
from dispersion.study.rows import SolveRow
from dispersion.study.task import Question

_LANE = 1.3  # from the time limit to the lane of the first solver with an open question, and so on

Times = dict[Question, float | None]  #: to proof, by question; `None`: not proven
Point = tuple[float, float]


def _times(rows: Sequence[SolveRow], solver: str) -> Times:
    """Time to proof of every question that was not skipped."""
    mine = [row for row in rows if row.solver == solver and not skipped(row)]
    times = {row.question: proof_seconds(row) for row in mine}
    return {one: None if time is None else max(time, SHORTEST) for one, time in times.items()}


@plot("times-against-baseline")
def times_against_baseline(
    rows: Sequence[SolveRow],
    baseline: str,
    solvers: Sequence[str] | None = None,
    ax: Axes | None = None,
) -> Axes:
    """Time to proof against that of a baseline, one point per question that either of them proved.

    Points above the line "1x" took longer than the baseline; the other lines are those of factors.
    What only one of both proved is hollow: above the time limit if the baseline proved it, in a lane
    for every solver, and else to the right of it.
    """
    ax = axes_of(ax)
    names, rows = solver_names(rows), middle_runs(rows)
    limit = lane = max((row.time_limit for row in rows), default=1.0)
    theirs, drawn = _times(rows, baseline), []
    for name in solvers or [name for name in names if name != baseline]:
        style = point_style(names.index(name))
        mine = _times(rows, name)
        pairs = [(theirs[question], mine[question]) for question in mine if question in theirs]
        both = [(x, y) for x, y in pairs if x is not None and y is not None]
        lane *= _LANE if any(x is not None and y is None for x, y in pairs) else 1.0
        one = [(x or limit * _LANE, y or lane) for x, y in pairs if (x is None) != (y is None)]
        style |= {"linestyle": "none", "alpha": 0.75}
        ax.plot(*_columns(both), label=plain(name), **style)
        ax.plot(*_columns(one), markerfacecolor="none", markersize=5, **style)
        drawn += both + one
    _fit(ax, drawn, limit)
    title = f"Time to proof against {plain(baseline)} (hollow: open)"
    return finish(ax, title, f"{plain(baseline)} [s]", "the other [s]")


def _columns(points: Sequence[Point]) -> tuple[list[float], list[float]]:
    return [x for x, _ in points], [y for _, y in points]


def _fit(ax: Axes, points: Sequence[Point], limit: float) -> None:
    """Axes around the points, the limit where something lies beyond, and lines of equal factors."""
    xs, ys = _columns(points or [(limit, limit)])
    left, right, low, high = min(xs) / 1.6, 1.6 * max(xs), min(ys) / 1.6, 1.6 * max(ys)
    ax.set_xscale("log")
    ax.set_yscale("log")
    ax.set_xlim(left, right)
    ax.set_ylim(low, high)
    if max(ys) > limit:
        ax.axhline(limit, color="grey", linestyle="--", linewidth=0.8)
    if max(xs) > limit:
        ax.axvline(limit, color="grey", linestyle="--", linewidth=0.8)
    first, last = math.ceil(math.log10(low / right)), math.floor(math.log10(high / left))
    for factor in [10.0**k for k in range(first, last + 1)]:
        look = "-" if factor == 1 else ":"
        ax.plot([left, right], [factor * left, factor * right], look, color="grey", linewidth=0.8)
        end = min(right, high / factor)
        ax.annotate(
            f"{factor:g}x ",
            (end, factor * end),
            color="grey",
            fontsize="small",
            horizontalalignment="right",
            verticalalignment="top" if end < right else "bottom",
        )
