"""Spaces: as what points the filters of a layer are seen; one file per kind of space.

Every criterion that looks at a layer's points, and every solver, works in every space.

>>> import numpy as np
>>> from pruning import FilterLayer
>>> layer = FilterLayer("conv", ("conv",), np.array([[3.0, 4.0], [0.0, 2.0]]))
>>> in_space(layer, "normalized").points.tolist()
[[0.6, 0.8], [0.0, 1.0]]
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from dispersion.errors import InputError
from dispersion.parameters import keyword_arguments
from dispersion.registry import Registry
from pruning.calibration import Calibration
from pruning.filters import FilterLayer
from pruning.parameters import checked

Points = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Space:
    """A registered space.

    Attributes
    ----------
    name, summary : str
        Its name, and one line for ``--help``.
    points : callable
        Maps ``(layer, **arguments)`` to points of shape (n, d).
    """

    name: str
    summary: str
    points: Callable[..., Points]

    @property
    def arguments(self) -> dict[str, Any]:
        """Its parameters and their defaults; a `calibration` without a default is required."""
        return keyword_arguments(self.points)

    @property
    def needs_images(self) -> bool:
        """Whether it requires calibration images."""
        return "calibration" in self.arguments


spaces: Registry[Space] = Registry("space", "pruning.spaces")


def space(name: str, *, summary: str) -> Callable[[Callable[..., Points]], Callable[..., Points]]:
    """Register the decorated function as the space `name`."""

    def register(points: Callable[..., Points]) -> Callable[..., Points]:
        spaces.add(name, Space(name, summary, points))
        return points

    return register


def in_space(
    layer: FilterLayer,
    name: str = "weights",
    *,
    calibration: Calibration | None = None,
    seed: int = 0,
    **arguments: Any,
) -> FilterLayer:
    """See the filters of a layer as points of another space.

    Parameters
    ----------
    layer : FilterLayer
        Left as it is.
    name : str
        A registered space.
    calibration : Calibration or None
        The layer's network with images, for spaces that look at more than weights.
    seed : int
        Seed of spaces that draw random numbers.
    **arguments
        Passed to the space; see `Space.arguments`.

    Returns
    -------
    FilterLayer
        The same filters with other points, read-only; the points no longer have the shape of a kernel.

    Raises
    ------
    InputError
        The space needs images, or an argument is out of range.
    UnknownNameError
        No space has this name, or it has no such argument.
    """
    entry = spaces[name]
    taken = checked(name, entry.arguments, arguments, {"seed": seed, "calibration": calibration})
    if entry.needs_images and calibration is None:
        raise InputError(
            f"the space {name} needs calibration images: give calibration=Calibration(network, images)."
        )
    points = entry.points(layer, **taken)
    if points is layer.points:
        return layer
    points.setflags(write=False)
    return replace(layer, points=points, shapes=())
