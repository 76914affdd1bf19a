"""Pictures go where they are told."""

from collections.abc import Callable
from functools import partial

import numpy as np
import pytest
from matplotlib.axes import Axes
from matplotlib.colors import to_hex
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
from dispersion.study.plotting.canvas import GREY, figure_of
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
    named = [[line for line in ax.lines if str(line.get_label())[0] != "_"] for ax in (left, right)]
    assert [len(lines) for lines in named] == [rows, min(rows, 1)]


def test_legends_lie_below_the_axes_and_inside_the_figure(solve_row: SolveRows) -> None:
    """With nine solvers of long names, too; no colour but grey is that of two of them."""
    names = [f"solver:engine=number{k}" for k in range(9)]
    done = {"status": "optimal", "gap": 0.0, "build_seconds": 0.0}
    rows = [solve_row(solver=name, n=50 + 50 * (k % 2), **done) for k, name in enumerate(names)]
    rows += [solve_row(solver=name, instance="y", objective=1 + k) for k, name in enumerate(names)]
    traces = {name: [TracePoint(1.0, 1.0, 2.0)] for name in names}
    for ax in (
        *(gap_against_time(rows), performance_profile(rows, "value"), cactus(rows)),
        *(time_against_n(rows), times_against_baseline(rows, names[0])),
        *(values_by_instance(rows), bound_and_incumbent(traces, 2.0)),
    ):
        figure, legend = figure_of(ax), ax.get_legend()
        figure.draw_without_rendering()
        assert legend is not None
        box = legend.get_window_extent()
        assert 0 <= box.y0 < box.y1 <= min(_bottoms(ax)), ax.get_title()
        assert 0 <= box.x0 < box.x1 <= figure.bbox.x1, ax.get_title()
        lines = [line for line in ax.lines if str(line.get_label())[0] != "_"]
        colours = [to_hex(line.get_color(), keep_alpha=False) for line in lines]
        coloured = [colour for colour in colours if colour != GREY]
        assert len(coloured) == len(set(coloured))


def _bottoms(ax: Axes) -> list[float]:
    """Where the axes end, and what is written on them."""
    names = [ax.xaxis.label, *ax.get_xticklabels()]
    written = [one.get_window_extent().y0 for one in names if one.get_text()]
    return [ax.get_window_extent().y0, *written]


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
