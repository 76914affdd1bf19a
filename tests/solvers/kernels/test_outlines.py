"""Tests of `solvers.kernels.outlines`: a hull never loses a vertex, whatever is rounded."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest

from solvers.kernels.outlines import hull


def vertices(points):
    """The vertices of the convex hull, by fractions: no other two points have one between them."""
    exact = [(Fraction(x), Fraction(y)) for x, y in points.T.tolist()]
    lower = []
    found = set()
    for sign in (1, -1):
        lower.clear()
        for k in range(len(exact))[::sign]:
            while len(lower) > 1 and turn(*(exact[i] for i in (*lower[-2:], k))) <= 0:
                lower.pop()
            lower.append(k)
        found |= set(lower)
    return found


def turn(a, b, c):
    return (b[0] - a[0]) * (c[1] - a[1]) - (b[1] - a[1]) * (c[0] - a[0])


@pytest.mark.parametrize("kind", ["real", "line", "whole", "tiny"])
def test_a_hull_holds_all_vertices(kind):
    """Nearly collinear points too; of whole coordinates it holds nothing else."""
    for seed in range(10):
        rng = np.random.default_rng(seed)
        points = rng.random((2, 25))
        if kind == "line":
            points = np.outer([0.3, 0.7], rng.random(25)) + 0.1
        if kind == "whole":
            points = np.floor(points * 6) / 8
        if kind == "tiny":
            points *= 1e-160
        points = np.ascontiguousarray(np.unique(points, axis=1))
        m = points.shape[1]
        found = np.empty(2 * m, dtype=np.int64)
        size = hull(points, np.arange(m), kind == "whole", found)
        kept = set(found[:size].tolist())
        assert kept >= vertices(points)
        if kind == "whole":
            assert kept == vertices(points)
