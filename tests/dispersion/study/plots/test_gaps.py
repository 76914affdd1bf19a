"""Gaps are drawn where the rows say."""

from collections.abc import Callable

import pytest
from matplotlib.axes import Axes
from matplotlib.colors import to_hex

from dispersion.study.plots.gaps import gap_against_time
from dispersion.study.rows import SolveRow

SolveRows = Callable[..., SolveRow]
Drawn = Callable[[Axes], dict[str, list[tuple[float, float]]]]
Png = Callable[[Axes], tuple[int, int]]


def test_gaps_are_drawn_in_percent_against_all_their_time(solve_row: SolveRows, drawn: Drawn) -> None:
    """One point a solve that has a gap, a line a solver; no bound, no point; proofs below 10 %."""
    ended = {"status": "feasible"}
    axes = gap_against_time(
        [
            solve_row(solver="clique", build_seconds=0.5, solve_seconds=1.5, gap=0.0, status="optimal"),
            solve_row(solver="clique", build_seconds=0.0, solve_seconds=4.0, gap=0.25, **ended),
            solve_row(solver="kuby", build_seconds=2.0, solve_seconds=8.0, gap=0.5, **ended),
            solve_row(solver="random", gap=None),
        ]
    )
    found = {name: points for name, points in drawn(axes).items() if name[0] != "_"}
    [(seconds, lane), opened] = found.pop("clique")
    assert (seconds, opened) == (2.0, (4.0, 25.0))
    assert axes.get_ylim()[0] < lane < 10
    assert found == {"kuby": [(10.0, 50.0)]}
    legend = axes.get_legend()
    assert legend is not None
    assert [text.get_text() for text in legend.get_texts()] == ["clique", "kuby"]
    assert axes.get_xlabel() == "build + solve time [s]"
    assert "(bound - objective) / bound [%]" in axes.get_ylabel()


@pytest.mark.parametrize("gap", [0.0, 1e-6, 0.5, 1.0])
def test_every_point_is_inside_the_picture(
    gap: float, solve_row: SolveRows, drawn: Drawn, png: Png
) -> None:
    """A solve that took no time at all and any gap from 0 to 100 % lie within the axes."""
    axes = gap_against_time(
        [
            solve_row(build_seconds=0.0, solve_seconds=0.0, gap=gap, status="feasible"),
            solve_row(solve_seconds=1e4, gap=gap, status="feasible"),
        ]
    )
    png(axes)
    (left, right), (bottom, top) = axes.get_xlim(), axes.get_ylim()
    for seconds, percent in drawn(axes)["clique"]:
        assert left < seconds < right
        assert 1.3 * bottom < percent < top / 1.3  # with room for the marker
    assert axes.get_xscale() == "log"


def test_solvers_are_told_apart_by_colour_and_marker(solve_row: SolveRows) -> None:
    """Seven solvers have seven colours; those after them are grey, with markers of their own."""
    axes = gap_against_time([solve_row(solver=f"solver {k}", status="feasible") for k in range(13)])
    colours = [to_hex(line.get_color()) for line in axes.lines]
    assert len(set(colours[:7])) == 7
    assert set(colours[7:]) == {"#808080"}
    assert len({line.get_marker() for line in axes.lines}) == 13


def test_proofs_and_stopped_solves_of_two_solvers_share_no_spot(
    solve_row: SolveRows, drawn: Drawn
) -> None:
    """Equal times and gaps: every solver has its own lane of proofs, and its column at the limit."""
    proven = {"gap": 0.0, "status": "optimal", "solve_seconds": 1.0, "build_seconds": 0.0}
    rows = [solve_row(solver=name, **proven) for name in "ab"]
    rows += [solve_row(solver=name, instance="y", gap=0.5) for name in "ab"]
    found = drawn(gap_against_time(rows))
    spots = found["a"] + found["b"]
    assert len(set(spots)) == 4
    assert [x for x, _ in spots[::2]] == [1.0, 1.0]
    assert all(x > 10 and y == 50 for x, y in spots[1::2])  # right of the limit


def test_nothing_proven_is_an_empty_picture(solve_row: SolveRows, drawn: Drawn, png: Png) -> None:
    """Without any bound there is no point and no legend, and still a picture."""
    axes = gap_against_time([solve_row(gap=None)])
    assert drawn(axes) == {}
    assert axes.get_legend() is None
    png(axes)
