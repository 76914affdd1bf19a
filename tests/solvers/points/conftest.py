"""Small problems of points, and the matrix that `solve_points` never makes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pytest

from dispersion import Instance

KINDS = ("whole", "real", "line", "copies", "huge", "tiny", "grid")


def matrix(points, rounding=None):
    """Distances by the rule of `solve_points`: differences in a unit, squared, summed in order."""
    exponent = int(np.frexp(np.abs(points).max())[1])
    squares = np.zeros((len(points), len(points)))
    for column in np.ldexp(points, -exponent).T:
        squares += (column[:, None] - column) ** 2
    distances = np.ldexp(np.sqrt(squares), exponent)
    return {None: distances, "nint": np.floor(distances + 0.5), "ceil": np.ceil(distances)}[rounding]


@dataclass(frozen=True)
class Case:
    """Points, p and how else `solve_points` is asked."""

    points: Any
    p: int
    asked: dict[str, Any]

    @property
    def instance(self):
        """The same with a matrix."""
        fixed = {name: self.asked[name] for name in ("required", "excluded")}
        return Instance(matrix(self.points, self.asked["rounding"]), self.p, **fixed)


def drawn(seed, most):
    """A random problem of up to `most` points, with ties, copies, lines, and any scale."""
    rng = np.random.default_rng([2026, seed])
    d, kind = int(rng.choice([1, 2, 2, 2, 3, 4])), KINDS[seed % len(KINDS)]
    n = int(rng.integers(4, most if d == 2 else max(6, most // 2)))
    p, span = int(rng.integers(2, min(n, 12) + 1)), float(rng.choice([3, 10, 100, 1e5]))
    points = rng.random((n, d)) * span
    if kind in ("whole", "copies", "grid"):
        points = np.floor(points)
    if kind == "line":
        points = np.outer(rng.random(n) * span, rng.random(d)) + rng.random(d)
    if kind == "copies":
        points[rng.integers(n, size=n // 2)] = points[rng.integers(n, size=n // 2)]
    if kind == "grid":
        points[:, 0] = np.floor(points[:, 0] / 4)
    points *= {"huge": 1e290, "tiny": 1e-290}.get(kind, 1.0)
    plain = kind in ("huge", "tiny")
    asked = {"rounding": None if plain else (None, "nint", "ceil")[int(rng.integers(3))]}
    order, some = rng.permutation(n), rng.random() < 0.3
    inside = int(rng.integers(p + 1)) if some else 0
    outside = int(rng.integers(n - p + 1)) if some else 0
    asked["required"], asked["excluded"] = order[:inside], order[inside : inside + outside]
    return Case(points, p, asked)


@pytest.fixture(scope="session", name="drawn")
def draw():
    """The function that draws a problem."""
    return drawn
