"""Pictures go where they are told."""

from collections.abc import Callable
from functools import partial

import numpy as np
import pytest
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from dispersion.solution import TracePoint
from dispersion.study.plots.accuracies import accuracy_against_macs
from dispersion.study.plots.embedding import selection_in_plane
from dispersion.study.plots.gaps import gap_against_time
from dispersion.study.plots.growth import time_against_n
from dispersion.study.plots.profiles import cactus, performance_profile
from dispersion.study.plots.scatter import times_against_baseline
from dispersion.study.plots.traces import bound_and_incumbent
from dispersion.study.plots.values import values_by_instance
from dispersion.study.rows import NetworkRow, SolveRow

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


def test_names_are_no_formulas(solve_row: SolveRows, network_row: NetworkRows, png: Png) -> None:
    """A name with dollar signs, which Matplotlib would typeset, is drawn as it is."""
    name = r"$\frac{$"
    rows = [solve_row(solver=name, instance=name, status="optimal")]
    for plot in (
        *(gap_against_time, performance_profile, cactus),
        *(time_against_n, values_by_instance, partial(times_against_baseline, baseline=name)),
    ):
        png(plot(rows))
    png(accuracy_against_macs([network_row(method=name)]))
    png(bound_and_incumbent({name: [TracePoint(1.0, 1.0, 2.0)]}, until=2.0))
    png(selection_in_plane(np.zeros((2, 2)), 1.0, [0], name))
