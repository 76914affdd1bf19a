"""Times against a baseline, with what was not proven at the limit."""

from collections.abc import Callable

import pytest
from matplotlib.axes import Axes

from dispersion.study.plots.scatter import times_against_baseline
from dispersion.study.rows import SolveRow

SolveRows = Callable[..., SolveRow]
Drawn = Callable[[Axes], dict[str, list[tuple[float, float]]]]
Png = Callable[[Axes], tuple[int, int]]


def test_one_point_a_question_that_both_were_asked(
    solve_row: SolveRows, drawn: Drawn, png: Png
) -> None:
    """Proven by both: a marker; by one: a hollow one beyond the limit; asked once: nothing."""
    proven = {"status": "optimal", "build_seconds": 0.0}
    rows = [
        solve_row(solver="base", instance="x", solve_seconds=1.0, **proven),
        solve_row(solver="base", instance="y", solve_seconds=2.0, **proven),
        solve_row(solver="base", instance="z", solve_seconds=2.0, **proven),
        solve_row(solver="other", instance="x", solve_seconds=4.0, **proven),
        solve_row(solver="other", instance="y"),
    ]
    ax = times_against_baseline(rows, "base")
    assert drawn(ax)["other"] == [(1.0, 4.0)]
    [hollow] = [line for line in ax.lines if line.get_markerfacecolor() == "none"]
    [(x, y)] = hollow.get_xydata().tolist()
    assert (x, y > 10) == (2.0, True)
    assert ax.get_ylim()[0] > 2  # no room for times that nobody took
    assert [text.get_text().strip() for text in ax.texts] == ["1x", "10x"]
    png(ax)


def test_factor_lines_are_factors(solve_row: SolveRows) -> None:
    """The lines lie at powers of ten, those that cross the picture: here ratios from 0.5 to 200."""
    proven = {"status": "optimal", "build_seconds": 0.0}
    rows = [solve_row(solver="base", instance=k, solve_seconds=0.01, **proven) for k in "xy"]
    times = {"x": 0.005, "y": 2.0}
    rows += [solve_row(solver="b", instance=k, solve_seconds=t, **proven) for k, t in times.items()]
    ax = times_against_baseline(rows, "base")
    lines = [line.get_data() for line in ax.lines if str(line.get_label())[0] == "_"]
    slopes = sorted(float(y[0] / x[0]) for x, y in lines if len(x))
    assert slopes == pytest.approx([1, 10, 100])


def test_open_questions_have_a_lane_for_every_solver(solve_row: SolveRows, drawn: Drawn) -> None:
    """Of two seeds the worse one counts; two solvers that leave the same question open do not meet."""
    proven = {"status": "optimal", "build_seconds": 0.0, "solve_seconds": 1.0}
    rows = [
        solve_row(solver="base", **proven),
        solve_row(solver="one", seed=0, **proven),
        solve_row(solver="one", seed=1),
        solve_row(solver="two"),
    ]
    ax = times_against_baseline(rows, "base")
    assert drawn(ax)["one"] == drawn(ax)["two"] == []
    hollow = [line for line in ax.lines if line.get_markerfacecolor() == "none"]
    [one, two] = [line.get_xydata().tolist() for line in hollow]
    assert one[0][0] == two[0][0] == 1.0
    assert 10 < one[0][1] < two[0][1]
