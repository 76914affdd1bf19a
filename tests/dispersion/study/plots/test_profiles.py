"""Performance profiles and cactus plots show what was counted."""

from collections.abc import Callable

import pytest
from matplotlib.axes import Axes

from dispersion.study.plots.profiles import cactus, performance_profile
from dispersion.study.rows import SolveRow

SolveRows = Callable[..., SolveRow]
Drawn = Callable[[Axes], dict[str, list[tuple[float, float]]]]
Png = Callable[[Axes], tuple[int, int]]


@pytest.fixture
def rows(solve_row: SolveRows) -> list[SolveRow]:
    """Two instances: `a` proves both, `b` one at four times the time and half the value."""
    proven = {"status": "optimal", "build_seconds": 0.0}
    return [
        solve_row(solver="a", instance="x", solve_seconds=1.0, objective=2.0, **proven),
        solve_row(solver="a", instance="y", solve_seconds=3.0, objective=2.0, **proven),
        solve_row(solver="b", instance="x", solve_seconds=4.0, objective=2.0, **proven),
        solve_row(solver="b", instance="y", objective=1.0),
        solve_row(solver="none", instance="x", objective=None, bound=None, status="error"),
    ]


def test_profiles_of_time_are_steps(rows: list[SolveRow], drawn: Drawn, png: Png) -> None:
    """From the share won at the left to the share proven at the right edge."""
    ax = performance_profile(rows, "time")
    assert drawn(ax) == {
        "a": [(1, 1), (1, 1), (10, 1)],
        "b": [(1, 0), (4, 0.5), (10, 0.5)],
        "none": [(1, 0), (10, 0)],
    }
    assert {line.get_drawstyle() for line in ax.lines} == {"steps-post"}
    assert len({line.get_linestyle() for line in ax.lines}) == 3
    assert "shortest" in ax.get_xlabel()
    png(ax)


def test_profiles_of_value(rows: list[SolveRow], drawn: Drawn, png: Png) -> None:
    """Half the value is a ratio of two."""
    ax = performance_profile(rows, "value")
    found = drawn(ax)
    assert found["b"][:3] == [(1, 0.5), (1, 0.5), (2, 1)]
    assert {y for _, y in found["none"]} == {0}
    png(ax)


def test_a_cactus_has_a_point_a_proof(rows: list[SolveRow], drawn: Drawn, png: Png) -> None:
    """Times in ascending order; the label tells proofs from solves; the limit is a level."""
    ax = cactus(rows)
    found = drawn(ax)
    assert found["a (2 of 2)"] == [(1, 1.0), (2, 3.0)]
    assert found["b (1 of 2)"] == [(1, 4.0)]
    assert found["none (0 of 1)"] == []
    assert [y for _, y in drawn(ax)["_child3"]] == [10.0, 10.0]
    png(ax)


@pytest.mark.parametrize("plot", [performance_profile, cactus])
def test_nothing_solved_is_an_empty_picture(
    plot: Callable[..., Axes], solve_row: SolveRows, png: Png
) -> None:
    """No rows, or only failures, are no error."""
    png(plot([]))
    png(plot([solve_row(objective=None, bound=None, status="error")]))
