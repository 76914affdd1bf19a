"""Time against size shows what was stopped."""

from collections.abc import Callable

from matplotlib.axes import Axes

from dispersion.study.plots.growth import time_against_n
from dispersion.study.rows import SolveRow

SolveRows = Callable[..., SolveRow]
Drawn = Callable[[Axes], dict[str, list[tuple[float, float]]]]
Png = Callable[[Axes], tuple[int, int]]


def test_medians_are_joined_and_the_stopped_stand_at_the_limit(
    solve_row: SolveRows, drawn: Drawn, png: Png
) -> None:
    """A stopped solve is a cross at its limit, however long it took; its median is hollow."""
    done = {"status": "optimal", "build_seconds": 0.0}
    rows = [
        solve_row(n=200, solve_seconds=11.5, build_seconds=0.0),  # stopped late
        solve_row(n=100, solve_seconds=1.0, **done),
        solve_row(n=100, instance="b", solve_seconds=2.0, **done),
        solve_row(n=100, instance="c", solve_seconds=6.0, **done),
    ]
    ax = time_against_n(rows)
    assert drawn(ax)["clique"] == [(100, 2.0), (200, 10.0)]
    crosses = [line for line in ax.lines if line.get_marker() == "x"]
    assert [line.get_xydata().tolist() for line in crosses] == [[[200, 10]]]
    hollow = [line for line in ax.lines if line.get_markerfacecolor() == "white"]
    assert [line.get_xydata().tolist() for line in hollow] == [[[200, 10]]]
    png(ax)


def test_no_time_at_all_and_no_rows(solve_row: SolveRows, png: Png) -> None:
    """A logarithmic axis takes a solve of no time, and none."""
    png(time_against_n([solve_row(build_seconds=0.0, solve_seconds=0.0, status="feasible")]))
    png(time_against_n([]))
