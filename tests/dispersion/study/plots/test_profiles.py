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
    """Of x and y, `a` proves both, `b` x in four times the time (y: half the value), `none` none."""
    proven = {"status": "optimal", "build_seconds": 0.0}
    return [
        solve_row(solver="a", instance="x", solve_seconds=1.0, objective=2.0, **proven),
        solve_row(solver="a", instance="y", solve_seconds=3.0, objective=2.0, **proven),
        solve_row(solver="b", instance="x", solve_seconds=4.0, objective=2.0, **proven),
        solve_row(solver="b", instance="y", objective=1.0),
        solve_row(solver="none", instance="x", objective=None, bound=None, status="error"),
    ]


def test_profiles_of_time_are_steps(rows: list[SolveRow], drawn: Drawn, png: Png) -> None:
    """From the share won at the left to the share proven at the right edge; provers only."""
    ax = performance_profile(rows, "time")
    right = ax.get_xlim()[1]
    assert 4 < right < 5
    assert drawn(ax) == {"a": [(1, 1), (1, 1), (right, 1)], "b": [(1, 0), (4, 0.5), (right, 0.5)]}
    assert {line.get_drawstyle() for line in ax.lines} == {"steps-post"}
    assert len({line.get_linestyle() for line in ax.lines}) == 2
    assert "shortest" in ax.get_xlabel()
    png(ax)


def test_profiles_of_value(rows: list[SolveRow], drawn: Drawn, png: Png) -> None:
    """Half the value is 50 % below the best; everybody has a curve, in the order of the names."""
    ax = performance_profile(rows, "value")
    found = drawn(ax)
    assert found["b"][:3] == [(0, 0.5), (0, 0.5), (50, 1)]
    assert {y for _, y in found["none"]} == {0}
    assert list(found) == ["a", "b", "none"]
    assert (ax.get_xlim()[0], ax.get_xlim()[1] < 60) == (0, True)
    png(ax)


def test_a_cactus_has_a_point_a_proof(rows: list[SolveRow], drawn: Drawn, png: Png) -> None:
    """Times ascend; the label tells proofs from questions; the limit is a level where it stopped b."""
    ax = cactus(rows)
    found = drawn(ax)
    assert found["a (2 of 2)"] == [(1, 1.0), (2, 3.0)]
    assert found["b (1 of 2)"] == [(1, 4.0)]
    assert [y for _, y in found["_child2"]] == [10.0, 10.0]
    assert len(found) == 3  # who proves nothing has no curve
    assert len(drawn(cactus(rows[:2]))) == 1  # nobody was stopped
    png(ax)


@pytest.mark.parametrize("picture", [performance_profile, cactus])
def test_a_question_counts_once(
    picture: Callable[..., Axes], solve_row: SolveRows, drawn: Drawn
) -> None:
    """Of five runs, of which three prove, the one in the middle stands for all: the slowest proof."""
    proven = {"status": "optimal", "build_seconds": 0.0}
    runs = [solve_row(seed=k, solve_seconds=k + 1.0, **proven) for k in range(3)]
    runs += [solve_row(seed=k) for k in (3, 4)]
    [points] = list(drawn(picture(runs)).values())[:1]
    assert points[0] == (1, 3.0 if picture is cactus else 1.0)
    assert drawn(picture(runs[3:] + runs[:1])) == {}


@pytest.mark.parametrize("plot", [performance_profile, cactus])
def test_nothing_solved_is_an_empty_picture(
    plot: Callable[..., Axes], solve_row: SolveRows, png: Png
) -> None:
    """No rows, or only failures, are no error."""
    png(plot([]))
    png(plot([solve_row(objective=None, bound=None, status="error")]))
