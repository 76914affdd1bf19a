"""Instances of the size at which engines have proved wrong optima, by number, without end."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from dispersion import Instance

Draw = Callable[[np.random.Generator, int], Instance]


def _cloud(rng: np.random.Generator, n: int, metric: str, least: int, most: int) -> Instance:
    return Instance.from_points(
        rng.normal(size=(n, rng.integers(3, 9))), rng.integers(least, most), metric
    )


def _symmetric(matrix: NDArray[np.int64], p: int) -> Instance:
    """An instance from what is above the diagonal."""
    upper = np.triu(matrix, k=1).astype(float)
    return Instance(upper + upper.T, p)


KINDS: dict[str, Draw] = {
    "cosine": lambda rng, n: _cloud(rng, n, "cosine", 6, 17),
    "angular": lambda rng, n: _cloud(rng, n, "angular", 5, 15),
    "plane": lambda rng, n: Instance.from_points(rng.random((n, 2)), rng.integers(5, 18)),
    "64 dimensions": lambda rng, n: Instance.from_points(rng.normal(size=(n, 64)), rng.integers(4, 11)),
    "integers": lambda rng, n: _symmetric(rng.integers(0, 100, (n, n)), rng.integers(5, 12)),
}


def kind_of(number: int) -> str:
    """The kind of an instance: a key of `KINDS`, which take turns."""
    return list(KINDS)[number % len(KINDS)]


def instance_of(number: int) -> Instance:
    """35 to 75 points; called by its kind and number."""
    rng, kind = np.random.default_rng(number), kind_of(number)
    drawn = KINDS[kind](rng, int(rng.integers(35, 76)))
    return Instance(drawn.distances, drawn.p, name=f"{kind} {number}")
