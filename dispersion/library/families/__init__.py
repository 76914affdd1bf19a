"""Seeded generators of the published instance families; one file a source.

What they draw is what the publications describe, not the published files: those were drawn by other
random number generators.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from dispersion.registry import Registry

Array = NDArray[np.float64]
DrawPoints = Callable[[np.random.Generator, int, int], Array]
DrawDistances = Callable[[np.random.Generator, int], Array]


@dataclass(frozen=True, slots=True)
class Points:
    """A family of points under the Euclidean distance.

    Attributes
    ----------
    name, summary : str
        The registered name, and one line for ``--help``.
    coordinates : tuple of int
        The smallest and the largest number of coordinates d; the seed decides unless d is given.
    draw : callable
        Generator, n and d to (n, d) points.
    """

    name: str
    summary: str
    coordinates: tuple[int, int]
    draw: DrawPoints


@dataclass(frozen=True, slots=True)
class Distances:
    """A family of distances that come from no points and obey no triangle inequality.

    Attributes
    ----------
    name, summary : str
        The registered name, and one line for ``--help``.
    draw : callable
        Generator and the number of pairs k to (k,) distances.
    """

    name: str
    summary: str
    draw: DrawDistances


families: Registry[Points | Distances] = Registry("family", "dispersion.library.families")


def points(
    name: str, *, summary: str, coordinates: tuple[int, int]
) -> Callable[[DrawPoints], DrawPoints]:
    """Register the decorated function as the family `name` of points."""

    def register(draw: DrawPoints) -> DrawPoints:
        families.add(name, Points(name, summary, coordinates, draw))
        return draw

    return register


def distances(name: str, *, summary: str) -> Callable[[DrawDistances], DrawDistances]:
    """Register the decorated function as the family `name` of distances."""

    def register(draw: DrawDistances) -> DrawDistances:
        families.add(name, Distances(name, summary, draw))
        return draw

    return register
