"""Four filters small enough to score by hand, and random layers."""

import numpy as np
import pytest

from pruning import FilterLayer


def a_layer(points, *shapes) -> FilterLayer:
    """A layer of one convolution, or of several tied ones."""
    names = tuple(f"conv{k}" for k in range(max(1, len(shapes))))
    return FilterLayer(names[0], names, np.asarray(points, dtype=float), len(shapes) > 1, shapes)


@pytest.fixture
def four() -> FilterLayer:
    """Norms 5, 10, 5 and 1; the first two are parallel, and both are orthogonal to the third."""
    return a_layer([[3, 4], [6, 8], [4, -3], [0, 1]], (2, 1, 1))


@pytest.fixture(params=range(4))
def some_layer(request) -> FilterLayer:
    """Gaussian weights of two tied convolutions; in some layers filters are equal, or zero."""
    rng = np.random.default_rng(request.param)
    points = rng.normal(size=(12, 3 * 9 + 5))
    if request.param % 2:
        points[4] = points[2]
        points[7] = 0.0
    return a_layer(points, (3, 3, 3), (5, 1, 1))
