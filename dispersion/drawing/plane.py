"""Where points are drawn, and which of them are selected."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.patheffects import withStroke
from numpy.typing import ArrayLike, NDArray

from dispersion.arrays.points import real_array
from dispersion.errors import InputError
from dispersion.instance import Instance
from dispersion.membership import checked_indices
from dispersion.solution import Solution
from dispersion.study.analysis.embedding import embed
from dispersion.study.plotting.canvas import COLOURS, finish, plain

NAMES_MOST = 40  # selected points, beyond which names would cover each other
SELECTED: dict[str, Any] = {"marker": "D", "color": COLOURS[1], "ms": 6.5, "linestyle": "none"}
REQUIRED: dict[str, Any] = SELECTED | {"marker": "s", "color": COLOURS[0]}
OTHERS: dict[str, Any] = {"marker": "o", "mfc": "white", "mec": "grey", "ms": 4.5, "linestyle": "none"}
_HALO = withStroke(linewidth=2.5, foreground="white")  # names stay readable on lines


@dataclass(frozen=True, slots=True, eq=False)
class Plane:
    """Points as they are drawn.

    Attributes
    ----------
    places : ndarray, shape (n, 2)
        From left to right, and upwards.
    aspect : float
        How long a unit upwards is, in units to the right.
    labels : tuple of str
        Of both axes.
    """

    places: NDArray[np.float64]
    aspect: float = 1.0
    labels: tuple[str, str] = ("", "")

    def finish(self, ax: Axes, title: str) -> Axes:
        """Give the axes their scale, labels, title and legend."""
        ax.set_aspect(self.aspect, adjustable="box")
        if not self.labels[1]:
            ax.set_xticks([])
            ax.set_yticks([])
        finish(ax, plain(title), *self.labels)
        ax.grid(visible=False)
        ax.margins(0.08)
        return ax


def plane_of(instance: Instance, points: ArrayLike | None) -> Plane:
    """Where the points of an instance are drawn.

    Parameters
    ----------
    instance : Instance
        With the metric haversine, points are latitude and longitude; longitude is drawn to the right.
    points : array_like of float, shape (n, 2), optional
        If absent, those of the instance if they have two coordinates; else they are laid out by their
        distances as well as a plane can show them.

    Raises
    ------
    InputError
        There are not as many points as in the instance, or they have another number of coordinates.
    """
    if points is None and instance.points is not None and instance.points.shape[1] == 2:
        points = instance.points
    if points is None:
        laid = embed(instance.distances)
        return Plane(laid.coordinates, labels=(f"the plane shows {laid.share:.0%} of the variance", ""))
    places = real_array(points, "an (n, 2) array of points")
    if places.shape != (instance.n, 2):
        raise InputError(
            f"points must have the shape ({instance.n}, 2), as {instance.name} has {instance.n} points "
            f"and pictures two axes, got {places.shape}."
        )
    if instance.metric != "haversine":
        return Plane(places)
    middle = math.cos(math.radians(float(places[:, 0].mean())))
    return Plane(places[:, ::-1], 1.0 / max(middle, 0.1), ("longitude [degrees]", "latitude [degrees]"))


def selected_of(selected: Solution | ArrayLike, n: int) -> NDArray[np.intp]:
    """The selected points of n, ascending; `InputError` if they are none."""
    chosen = selected.selected if isinstance(selected, Solution) else selected
    if chosen is None:
        raise InputError("the solution has no selected points; there is nothing to draw.")
    return np.array(checked_indices(chosen, "selected", n), dtype=np.intp)


def name_points(ax: Axes, places: NDArray[np.float64], names: list[str]) -> None:
    """Write names beside points, unless there are so many that none could be read."""
    if len(names) > NAMES_MOST:
        return
    for place, name in zip(places, names, strict=True):
        ax.annotate(
            plain(name),
            place,
            xytext=(5, 4),
            textcoords="offset points",
            fontsize=8,
            path_effects=[_HALO],
            zorder=4,
        )
