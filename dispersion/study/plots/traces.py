"""Bound and incumbent over time."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from matplotlib.axes import Axes

from dispersion.solution import TracePoint
from dispersion.study.analysis.profiles import SHORTEST
from dispersion.study.plotting.canvas import axes_of, finish, plain, point_style


def _steps(
    points: Sequence[tuple[float, float | None]], until: float
) -> tuple[list[float], list[float]]:
    """Times and values of what is known, the last one lasting to `until`."""
    known = [(max(seconds, SHORTEST), value) for seconds, value in points if value is not None]
    if known:
        known.append((max(until, known[-1][0]), known[-1][1]))
    return [seconds for seconds, _ in known], [value for _, value in known]


def bound_and_incumbent(
    traces: Mapping[str, Sequence[TracePoint]],
    until: float,
    ax: Axes | None = None,
    names: Sequence[str] = (),
) -> Axes:
    """Objective of the incumbent (solid, from below) and bound (dashed, from above) of one instance.

    Parameters
    ----------
    traces : mapping of str to sequence of TracePoint
        By what the legend calls them, each in the order of time.
    until : float
        Seconds at which the picture ends; what stood last is drawn up to there.
    ax : Axes or None
        Where to draw.
    names : sequence of str
        All names of the study, whose order decides the looks in its other pictures; else the traces'.
    """
    ax = axes_of(ax)
    looks = list(names or traces)
    for name, trace in traces.items():
        look: dict[str, Any] = point_style(looks.index(name)) | {
            "markersize": 3.5,
            "drawstyle": "steps-post",
            "alpha": 0.8,
        }
        found = _steps([(point.seconds, point.objective) for point in trace], until)
        proven = _steps([(point.seconds, point.bound) for point in trace], until)
        if found[0]:
            ax.plot(*found, linestyle="-", label=plain(name), **look)
        if proven[0]:
            label = None if found[0] else plain(name)
            ax.plot(*proven, linestyle="--", markerfacecolor="none", label=label, **look)
    ax.set_xscale("log")
    title = "Incumbent (solid) and bound (dashed)"
    return finish(ax, title, "time since the start [s]", "objective")
