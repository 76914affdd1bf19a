"""How far from its own proof every solve ended."""

from __future__ import annotations

from collections.abc import Sequence

from matplotlib.axes import Axes

from dispersion.study.plotting.canvas import axes_of, finish, plain, point_style, solver_names
from dispersion.study.plotting.plot import plot
from dispersion.study.rows import SolveRow


@plot("gap-against-time")
def gap_against_time(rows: Sequence[SolveRow], ax: Axes | None = None) -> Axes:
    """How far from its own proof every solve ended, against the time it took.

    The gap is (bound - objective) / bound; solvers that prove no bound are not drawn.  Proven solves
    lie on the line at 0.
    """
    ax = axes_of(ax)
    for k, name in enumerate(solver_names(rows)):
        points = [
            (max(row.build_seconds + row.solve_seconds, 1e-4), 100 * row.gap)
            for row in rows
            if row.solver == name and row.gap is not None
        ]
        if points:
            seconds, gaps = zip(*points, strict=True)
            ax.plot(seconds, gaps, linestyle="none", alpha=0.75, label=plain(name), **point_style(k))
    ax.set_xscale("log")
    ax.set_yscale("symlog", linthresh=0.1)
    ax.set_ylim(-0.02, 200)  # a gap is at most 100 %
    ax.set_yticks([0, 0.1, 1, 10, 100], ["0", "0.1", "1", "10", "100"])
    return finish(
        ax,
        "Gap against time, one point per solve",
        "build + solve time [s]",
        "gap (bound - objective) / bound [%]",
    )
