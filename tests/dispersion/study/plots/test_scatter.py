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
    """Proven by both: a marker; by one: a cross, the other at its limit; asked once: nothing."""
    proven = {"status": "optimal", "build_seconds": 0.0}
    rows = [
        solve_row(solver="base", instance="x", solve_seconds=1.0, **proven),
        solve_row(solver="base", instance="y", solve_seconds=2.0, **proven),
        solve_row(solver="base", instance="z", solve_seconds=2.0, **proven),
        solve_row(solver="other", instance="x", solve_seconds=4.0, **proven),
        solve_row(solver="other", instance="y"),
    ]
    ax = times_against_baseline(rows, "base")
    found = drawn(ax)
    assert found["other"] == [(1.0, 4.0)]
    assert found["other, not proven by both"] == [(2.0, 10.0)]
    assert ax.get_xlim() == ax.get_ylim()
    assert [text.get_text().strip() for text in ax.texts] == ["1x", "2x", "10x"]
    png(ax)


def test_factor_lines_are_factors(solve_row: SolveRows) -> None:
    """The lines lie at ratios of 1, 2 and 10, both ways."""
    ax = times_against_baseline([solve_row(solver="base")], "base")
    slopes = sorted(float(y[0] / x[0]) for x, y in (line.get_data() for line in ax.lines))
    assert slopes == pytest.approx([0.1, 0.5, 1, 2, 10])


def test_an_unproven_seed_makes_a_question_unproven(solve_row: SolveRows, drawn: Drawn) -> None:
    """A mean without all its values is no mean."""
    proven = {"status": "optimal", "build_seconds": 0.0, "solve_seconds": 1.0}
    rows = [
        solve_row(solver="base", **proven),
        solve_row(solver="other", seed=0, **proven),
        solve_row(solver="other", seed=1),
    ]
    found = drawn(times_against_baseline(rows, "base"))
    assert found["other, not proven by both"] == [(1.0, 10.0)]
    assert "other" not in found
