"""How far every answer is from the best known, instance by instance."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from statistics import fmean

from matplotlib.axes import Axes

from dispersion.study.analysis.accuracy_correlation import best_known, reaches
from dispersion.study.analysis.profiles import by_question
from dispersion.study.labels import rows_apart
from dispersion.study.plotting.canvas import COLOURS, axes_of, finish, plain, solver_names
from dispersion.study.plotting.plot import plot
from dispersion.study.rows import SolveRow
from dispersion.study.task import Question

_MOST_NAMES = 80  # of instances that can be read side by side
_MOST_NUMBERS = 30  # columns that are wide enough for a number
_RANDOM = "mean of 100 random"
_SHADES = {0.1: 0.12, 1.0: 0.3, 10.0: 0.5, 100.0: 0.75}  # opacity by the largest per cent that has it
_CELL = 0.92  # of the width and height of a line

Gaps = dict[str, dict[int, float]]  #: per cent below the best known, by line and column


@plot("values-by-instance")
def values_by_instance(rows: Sequence[SolveRow], ax: Axes | None = None) -> Axes:
    """How far each solver is below the best known objective: a line a solver, a column an instance.

    The stronger the shade of a cell, the further its value is from the best known; a cell without one
    is at the best.  "-" is no answer; where there is room, cells hold the per cent.  A solver with
    several runs stands at their mean.  Lines are sorted, the smallest mean first; the last is that of
    random selections.  Columns whose best known value is absent, or not above 0, are empty.
    """
    ax = axes_of(ax)
    groups = by_question(rows_apart(rows))
    gaps = _gaps(groups, solver_names(rows))
    above = 0.0
    for most, shade in _SHADES.items():
        cells = [
            (k, j) for j, of in enumerate(gaps.values()) for k, gap in of.items() if above < gap <= most
        ]
        if cells:
            label = f"{above:g} to {most:g} %" if above else f"at most {most:g} %"
            xs, ys = [k for k, _ in cells], [j - _CELL / 2 for _, j in cells]
            ax.bar(xs, _CELL, _CELL, ys, color=COLOURS[1], alpha=shade, linewidth=0, label=label)
        above = most
    for j, of in enumerate(gaps.values()):
        for k in range(len(groups)):
            if k not in of or len(groups) <= _MOST_NUMBERS:
                ax.text(k, j, _number(of.get(k)), ha="center", va="center", fontsize="small")
    return _finished(ax, list(groups), list(gaps))


def _gaps(groups: Mapping[Question, Sequence[SolveRow]], names: Sequence[str]) -> Gaps:
    """Of every solver, the best first, and of the mean of random selections."""
    gaps: Gaps = {name: {} for name in names}
    random: dict[int, float] = {}
    for k, rows in enumerate(groups.values()):
        best = max(best_known(rows).values(), default=0.0)
        if best <= 0:
            continue
        random[k] = _gap(rows[0].random_mean, best)
        for name in names:
            mine = [row for row in rows if row.solver == name]
            found = [
                0.0 if reaches(row, best) else _gap(row.objective, best)
                for row in mine
                if row.objective is not None
            ]
            if found:
                gaps[name][k] = fmean(found)
    mean = {name: fmean([of.get(k, 100.0) for k in random] or [0.0]) for name, of in gaps.items()}
    ordered = sorted(names, key=mean.__getitem__)
    return {name: gaps[name] for name in ordered} | ({_RANDOM: random} if random else {})


def _gap(value: float, best: float) -> float:
    return min(100 * (1 - value / best), 100.0)


def _number(gap: float | None) -> str:
    if gap is None:
        return "-"
    return "0" if gap == 0 else "<0.1" if gap < 0.1 else f"{gap:.1f}" if gap < 10 else f"{gap:.0f}"


def _finished(ax: Axes, questions: Sequence[Question], lines: Sequence[str]) -> Axes:
    """Names on the left and on top, as in a table."""
    named = len(questions) <= _MOST_NAMES
    ax.set_yticks(range(len(lines)), map(plain, lines))
    ax.set_xlim(-0.5, max(len(questions), 1) - 0.5)
    ax.set_ylim(max(len(lines), 1) - 0.5, -0.5)
    ax.tick_params(length=0)
    finish(
        ax,
        "Per cent below the best known value",
        "" if named else "instances, in the order of the table",
        "",
    )
    ax.grid(visible=False)
    ax.xaxis.tick_top()
    several = len({one.instance for one in questions}) < len(questions)
    ticks = [plain(one.instance) + (f", {one.asked}" if several else "") for one in questions]
    if named:
        ax.set_xticks(range(len(ticks)), ticks, rotation=90, fontsize="x-small")
    return ax
