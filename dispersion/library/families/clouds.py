"""Clouds of points that belong to no published set: two shapes to study growth with."""

from __future__ import annotations

import numpy as np

from dispersion.library.families import Array, points


@points("uniform", summary="uniform in the unit cube; d = 2 unless given", coordinates=(2, 2))
def uniform(rng: np.random.Generator, n: int, d: int) -> Array:
    """Coordinates uniform in [0, 1)."""
    return rng.random((n, d))


@points("gaussian", summary="independent standard normal; d = 2 unless given", coordinates=(2, 2))
def gaussian(rng: np.random.Generator, n: int, d: int) -> Array:
    """Coordinates independent and standard normal."""
    return rng.standard_normal((n, d))
