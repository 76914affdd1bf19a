"""One solver's times against those of a baseline."""

from __future__ import annotations

from collections.abc import Sequence
from statistics import fmean

from matplotlib.axes import Axes

from dispersion.study.analysis.profiles import SHORTEST, proof_seconds
from dispersion.study.analysis.skips import skipped
from dispersion.study.plotting.canvas import axes_of, finish, plain, point_style, solver_names
from dispersion.study.plotting.plot import plot
from dispersion.study.rows import SolveRow
from dispersion.study.task import Question

FACTORS = (1, 2, 10)


def _times(rows: Sequence[SolveRow], solver: str) -> dict[Question, tuple[float, bool]]:
    """Mean time to proof of every question that was not skipped.

    It stands at the time limit, and is marked, where a proof is missing.
    """
    groups: dict[Question, list[SolveRow]] = {}
    for row in rows:
        if row.solver == solver and not skipped(row):
            groups.setdefault(row.question, []).append(row)
    found = {}
    for question, group in groups.items():
        times = [proof_seconds(row) for row in group]
        known = [time for time in times if time is not None]
        proven = len(known) == len(times)
        seconds = fmean(known) if proven else group[0].time_limit
        found[question] = max(seconds, SHORTEST), proven
    return found


@plot("times-against-baseline")
def times_against_baseline(
    rows: Sequence[SolveRow],
    baseline: str,
    solvers: Sequence[str] | None = None,
    ax: Axes | None = None,
) -> Axes:
    """Time to proof against that of a baseline, one point per question.

    Points above the diagonal took longer than the baseline.  What was not proven stands at the time
    limit, as a cross.  The lines are those of equal times and of factors 2 and 10 both ways.
    """
    ax = axes_of(ax)
    names = solver_names(rows)
    theirs = _times(rows, baseline)
    for name in solvers or [name for name in names if name != baseline]:
        style = point_style(names.index(name))
        mine = _times(rows, name)
        pairs = [(theirs[question], mine[question]) for question in mine if question in theirs]
        for proven in (True, False):
            some = [
                (x, y) for (x, x_proven), (y, y_proven) in pairs if (x_proven and y_proven) is proven
            ]
            if some:
                marker = style["marker"] if proven else "x"
                label = plain(name) + ("" if proven else ", not proven by both")
                ax.plot(*zip(*some, strict=True), marker, color=style["color"], alpha=0.75, label=label)
    _factor_lines(ax, SHORTEST / 2, 2 * max((row.time_limit for row in rows), default=1.0))
    return finish(
        ax, f"Time to proof against {plain(baseline)}", f"{plain(baseline)} [s]", "the other [s]"
    )


def _factor_lines(ax: Axes, low: float, high: float) -> None:
    """Lines of equal times and of factors both ways, over square axes."""
    for factor in FACTORS:
        for slope in {factor, 1 / factor}:
            look = "-" if factor == 1 else ":"
            ax.plot([low, high], [slope * low, slope * high], look, color="grey", linewidth=0.8)
        end = (0.55 * high / factor, 0.55 * high)
        ax.annotate(f"{factor}x ", end, color="grey", fontsize="small", horizontalalignment="right")
    ax.set_xscale("log")
    ax.set_yscale("log")
    ax.set_xlim(low, high)
    ax.set_ylim(low, high)
    ax.set_aspect("equal")
