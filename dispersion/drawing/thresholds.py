"""The threshold graph of a small instance: which points are far enough apart."""

from __future__ import annotations

from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.collections import LineCollection
from numpy.typing import ArrayLike, NDArray

from dispersion.asked import checked_at_least
from dispersion.drawing.plane import OTHERS, SELECTED, name_points, plane_of, selected_of
from dispersion.instance import Instance
from dispersion.solution import Solution
from dispersion.study.plotting.canvas import COLOURS, axes_of


def draw_threshold_graph(
    instance: Instance,
    threshold: float,
    selected: Solution | ArrayLike | None = None,
    points: ArrayLike | None = None,
    *,
    conflicts: bool = False,
    ax: Axes | None = None,
) -> Axes:
    """Join the points that are at least a threshold apart, or those that are nearer.

    A selection whose smallest distance is the threshold or more is a clique of the threshold graph, and
    has no edge in the graph of conflicts.

    Parameters
    ----------
    instance : Instance
        A small one: with more than some dozens of points, edges hide each other.
    threshold : float
        A distance, finite and >= 0; one that equals it is long enough.
    selected : Solution or array_like of int, optional
        Points that are filled, counted from 0; edges between two of them are thick.
    points : array_like of float, shape (n, 2), optional
        Where the points lie, as of `draw_map`.
    conflicts : bool
        Whether those edges are drawn that are shorter, in place of the others.
    ax : matplotlib.axes.Axes, optional
        Where to draw; if absent, on a new figure, ``ax.figure``.

    Raises
    ------
    InputError
        The threshold is no distance, or as `draw_map`.

    Examples
    --------
    >>> line = Instance.from_points([[0.0], [1.0], [3.0]], 2)
    >>> draw_threshold_graph(line, 2.0).get_title()
    'instance: 2 of 3 pairs are at least 2 apart'
    """
    ax, plane = axes_of(ax), plane_of(instance, points)
    least = checked_at_least(threshold, "threshold")
    chosen = selected_of(() if selected is None else selected, instance.n)
    far = instance.distances >= least
    edges = np.argwhere(np.triu(~far if conflicts else far, k=1))
    within = np.isin(edges, chosen).all(axis=1)
    _draw_edges(ax, plane.places, edges[~within], color="grey", linewidth=0.6, alpha=0.6)
    _draw_edges(ax, plane.places, edges[within], color=COLOURS[1], linewidth=1.8)
    rest = np.setdiff1d(np.arange(instance.n), chosen)
    ax.plot(*plane.places[rest].T, zorder=3, **OTHERS)
    ax.plot(*plane.places[chosen].T, zorder=3, **SELECTED)
    names = instance.labels or [str(k) for k in range(instance.n)]
    name_points(ax, plane.places, list(names))
    pairs = f"{len(edges)} of {instance.n * (instance.n - 1) // 2} pairs are"
    how = f"less than {least:.4g}" if conflicts else f"at least {least:.4g}"
    return plane.finish(ax, f"{instance.name}: {pairs} {how} apart")


def _draw_edges(ax: Axes, places: NDArray[np.float64], edges: NDArray[np.intp], **look: Any) -> None:
    ax.add_collection(LineCollection(list(places[edges]), **look))
