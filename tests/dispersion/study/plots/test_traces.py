"""Incumbents from below, bounds from above."""

from collections.abc import Callable

from matplotlib.axes import Axes

from dispersion.solution import TracePoint
from dispersion.study.plots.traces import bound_and_incumbent

Png = Callable[[Axes], tuple[int, int]]


def test_steps_last_to_the_end(png: Png) -> None:
    """What stood last is drawn up to the end; what was never known is not drawn."""
    traces = {
        "clique": [TracePoint(0.5, 1.0, None), TracePoint(1.0, 1.0, 4.0), TracePoint(2.0, 3.0, 3.0)],
        "tabu": [TracePoint(0.0, 2.0, None)],
        "bounder": [TracePoint(1.0, None, 5.0)],
        "silent": [],
    }
    ax = bound_and_incumbent(traces, until=4.0)
    lines = [(line.get_label(), line.get_linestyle(), line.get_xydata().tolist()) for line in ax.lines]
    assert lines[0] == ("clique", "-", [[0.5, 1], [1, 1], [2, 3], [4, 3]])
    assert lines[1][1:] == ("--", [[1, 4], [2, 3], [4, 3]])
    assert lines[2] == ("tabu", "-", [[1e-4, 2], [4, 2]])
    assert lines[3] == ("bounder", "--", [[1, 5], [4, 5]])
    assert len(lines) == 4
    assert {line.get_drawstyle() for line in ax.lines} == {"steps-post"}
    png(ax)


def test_no_trace_is_an_empty_picture(png: Png) -> None:
    """Nothing known is no error."""
    ax = bound_and_incumbent({}, until=1.0)
    assert ax.get_legend() is None
    png(ax)
