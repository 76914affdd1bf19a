"""How good every answer is, instance by instance."""

from __future__ import annotations

from collections.abc import Sequence
from statistics import fmean

from matplotlib.axes import Axes

from dispersion.study.analysis.accuracy_correlation import best_known
from dispersion.study.analysis.profiles import by_question
from dispersion.study.labels import rows_apart
from dispersion.study.plotting.canvas import axes_of, finish, plain, point_style, solver_names
from dispersion.study.plotting.plot import plot
from dispersion.study.rows import SolveRow

_MOST_NAMES = 80  # that can be read side by side


@plot("values-by-instance")
def values_by_instance(rows: Sequence[SolveRow], ax: Axes | None = None) -> Axes:
    """Objective of every solver as a share of the best known, one column per instance.

    A solver with several seeds stands at their mean, with a bar over their range.  Grey dashes are the
    mean of 100 random selections.  Columns whose best known value is absent, or not above 0, are empty.
    """
    ax = axes_of(ax)
    best, rows = best_known(rows), rows_apart(rows)
    groups = by_question(rows)
    known = [(k, question) for k, question in enumerate(groups) if best.get(question, 0.0) > 0]
    for j, name in enumerate(solver_names(rows)):
        points = []
        for k, question in known:
            found = [row.objective for row in groups[question] if row.solver == name]
            values = [value for value in found if value is not None]
            if values:
                points.append((k, 100 * fmean(values) / best[question]))
                ends = [100 * end(values) / best[question] for end in (min, max)]
                ax.plot([k, k], ends, color=point_style(j)["color"], alpha=0.5, linewidth=1.0)
        if points:
            ax.plot(
                *zip(*points, strict=True), linestyle="none", ms=5, label=plain(name), **point_style(j)
            )
    means = [100 * groups[question][0].random_mean / best[question] for _, question in known]
    label = "mean of 100 random" if known else None
    ax.plot([k for k, _ in known], means, "_", color="grey", markersize=9, label=label)
    names = [question.instance for question in groups]
    several = len(set(names)) < len(names)
    ticks = [plain(q.instance) + (f", {q.asked}" if several else "") for q in groups]
    if len(ticks) <= _MOST_NAMES:
        ax.set_xticks(range(len(ticks)), ticks, rotation=90, fontsize="x-small")
    below = "" if len(ticks) <= _MOST_NAMES else "instances, in the order of the table"
    finish(ax, "Objective, instance by instance", below, "share of the best known [%]")
    if ax.get_legend() is not None:
        ax.legend(loc="upper left", bbox_to_anchor=(1.0, 1.0))  # columns stand wherever there is room
    return ax
