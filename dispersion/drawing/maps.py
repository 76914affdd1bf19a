"""A selection on a map of the points."""

from __future__ import annotations

import numpy as np
from matplotlib.axes import Axes
from numpy.typing import ArrayLike, NDArray

from dispersion.drawing.plane import OTHERS, REQUIRED, SELECTED, name_points, plane_of, selected_of
from dispersion.instance import Instance
from dispersion.solution import Solution
from dispersion.study.plotting.canvas import axes_of


def draw_map(
    instance: Instance,
    selected: Solution | ArrayLike,
    points: ArrayLike | None = None,
    *,
    title: str | None = None,
    ax: Axes | None = None,
) -> Axes:
    """Draw the points of an instance, which are selected, and the two selected ones that are closest.

    Selected points are filled, and named while there are few; required ones are squares, excluded ones
    crosses.

    Parameters
    ----------
    instance : Instance
        Whose points they are.
    selected : Solution or array_like of int
        A solution, or the selected points, counted from 0.
    points : array_like of float, shape (n, 2), optional
        Where the points lie; latitude and longitude if the metric is haversine.  If absent, where those
        of the instance lie if they have two coordinates; else they are laid out by their distances, and
        the axis says how much of them the plane shows.
    title : str, optional
        If absent, the name of the instance and what was asked.
    ax : matplotlib.axes.Axes, optional
        Where to draw; if absent, on a new figure, ``ax.figure``.

    Raises
    ------
    InputError
        The points are no (n, 2) numbers, or the selected ones are none of them.

    Examples
    --------
    >>> sites = [[0.0, 0.0], [1.0, 0.0], [4.0, 3.0], [0.0, 3.0]]
    >>> ax = draw_map(Instance.from_points(sites, 3), [0, 2, 3])
    >>> ax.figure.savefig("map.png")
    """
    ax, plane = axes_of(ax), plane_of(instance, points)
    chosen = selected_of(selected, instance.n)
    places = plane.places
    given = np.isin(chosen, instance.required)
    rest = np.setdiff1d(np.arange(instance.n), [*chosen, *instance.excluded])
    _draw_closest(ax, instance, chosen, places)
    for which, look, label in (
        (rest, OTHERS, "not selected"),
        (np.array(instance.excluded, dtype=np.intp), OTHERS | {"marker": "x"}, "excluded"),
        (chosen[~given], SELECTED, "selected"),
        (chosen[given], REQUIRED, "selected, as required"),
    ):
        if len(which):
            ax.plot(*places[which].T, label=f"{label} ({len(which)})", **look)
    names = instance.labels or [str(k) for k in range(instance.n)]
    name_points(ax, places[chosen], [names[k] for k in chosen])
    return plane.finish(ax, f"{instance.name}, {instance.asked}" if title is None else title)


def _draw_closest(
    ax: Axes, instance: Instance, chosen: NDArray[np.intp], places: NDArray[np.float64]
) -> None:
    """Join the closest two selected points whose distance counts."""
    among = instance.distances[np.ix_(chosen, chosen)].copy()
    if not instance.between_required:
        given = np.isin(chosen, instance.required)
        among[np.ix_(given, given)] = np.inf
    np.fill_diagonal(among, np.inf)
    if not np.isfinite(among).any():
        return
    i, j = np.unravel_index(int(among.argmin()), among.shape)
    ends = places[[chosen[i], chosen[j]]]
    ax.plot(*ends.T, "--", color="black", linewidth=1.2, label=f"closest, {among[i, j]:.4g} apart")
