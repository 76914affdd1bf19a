"""Pictures go where they are told."""

from collections.abc import Callable

import pytest
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from dispersion.study.plots import accuracy_against_macs, gap_against_time
from dispersion.study.tasks import NetworkRow, SolveRow

SolveRows = Callable[..., SolveRow]
NetworkRows = Callable[..., NetworkRow]
Png = Callable[[Axes], tuple[int, int]]


@pytest.mark.parametrize("rows", [0, 2])
def test_pictures_go_where_they_are_told(
    rows: int, solve_row: SolveRows, network_row: NetworkRows, png: Png
) -> None:
    """Given axes are drawn into and returned; without them a new figure is made; both can be saved."""
    solves = [solve_row(), solve_row(solver="kuby")][:rows]
    networks = [network_row(), network_row(macs=1000)][:rows]
    left, right = Figure(figsize=(8, 4)).subplots(1, 2)
    assert gap_against_time(solves, left) is left
    assert accuracy_against_macs(networks, ax=right) is right
    assert png(left) == (1200, 600)
    assert png(gap_against_time(solves)) == png(accuracy_against_macs(networks)) == (1050, 630)
    assert len(left.lines) == rows
    assert len(right.lines) == (1 if rows else 0)
