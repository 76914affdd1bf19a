"""Tests of `dispersion.metrics`: every metric against a slow one written from its definition."""

from __future__ import annotations

import math
from decimal import Decimal, localcontext
from types import SimpleNamespace

import numpy as np
import psutil
import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from scipy.spatial.distance import cdist

from dispersion import InputError, Instance, distances
from dispersion.metrics import _blocks, metrics


def _cos(x, y):
    return float(x @ y / (np.linalg.norm(x) * np.linalg.norm(y)))


def _on_earth(x, y):
    (lat1, lon1), (lat2, lon2) = (map(math.radians, one) for one in (x, y))
    u, v = (
        np.array([math.cos(a) * math.cos(b), math.cos(a) * math.sin(b), math.sin(a)])
        for a, b in ((lat1, lon1), (lat2, lon2))
    )
    return 6371.0088 * math.atan2(float(np.linalg.norm(np.cross(u, v))), float(u @ v))


def _jaccard(x, y):
    one, other = set(np.flatnonzero(x)), set(np.flatnonzero(y))
    return 1.0 - len(one & other) / len(one | other) if one | other else 0.0


SLOW = {
    "manhattan": lambda x, y: sum(abs(a - b) for a, b in zip(x, y, strict=True)),
    "chebyshev": lambda x, y: max(abs(a - b) for a, b in zip(x, y, strict=True)),
    "haversine": _on_earth,
    "hamming": lambda x, y: sum(a != b for a, b in zip(x, y, strict=True)) / len(x),
    "jaccard": _jaccard,
    "tanimoto": _jaccard,
    "correlation": lambda x, y: 1.0 - float(np.corrcoef(x, y)[0, 1]),
    "euclidean": lambda x, y: math.dist(x, y),
    "normalized": lambda x, y: math.dist(x / np.linalg.norm(x), y / np.linalg.norm(y)),
    "angular": lambda x, y: math.acos(min(1.0, abs(_cos(x, y)))),
    "chordal": lambda x, y: math.sqrt(max(0.0, 1.0 - _cos(x, y) ** 2)),
    "cosine": lambda x, y: 1.0 - _cos(x, y),
}


def test_every_registered_metric_has_a_slow_twin_here():
    """A new metric without an entry in this table fails."""
    assert set(metrics) == set(SLOW)


@pytest.mark.parametrize("name", SLOW)
def test_a_metric_equals_its_definition(name, fit):
    """All pairs of random points agree with the formula."""
    X = fit(name, np.random.default_rng(3).normal(size=(12, 5)).round(1))
    slow = np.array([[SLOW[name](x, y) for y in X] for x in X])
    np.fill_diagonal(slow, 0.0)
    np.testing.assert_allclose(distances(X, name), slow, rtol=1e-9, atol=1e-9)


@pytest.mark.parametrize(
    "name", ["chebyshev", "correlation", "cosine", "euclidean", "hamming", "jaccard"]
)
def test_scipy_agrees(name, fit):
    """On more points than fit into a block of rows; manhattan is called cityblock there."""
    X = fit(name, np.random.default_rng(5).integers(-3, 4, size=(400, 6)).astype(float))
    theirs = X.astype(bool) if name == "jaccard" else X
    np.testing.assert_allclose(distances(X, name), cdist(theirs, theirs, name), rtol=1e-9, atol=1e-9)
    assert (distances(X, "manhattan") == cdist(X, X, "cityblock")).all()


@pytest.mark.parametrize("name", SLOW)
@given(seed=st.integers(0, 10_000), scale=st.sampled_from([1e-160, 1e-6, 1.0, 1e150]))
def test_matrices_are_valid_whatever_the_points(name, fit, seed, scale):
    """Symmetric, zero diagonal, finite, and 0 between equal points; with dead and copied points."""
    rng = np.random.default_rng(seed)
    X = rng.normal(size=(8, 3)) * scale
    X[1] = X[0]
    X[2] = X[3] = 0.0
    D = distances(fit(name, X), name)
    assert np.isfinite(D).all()
    assert (D == D.T).all()
    assert (np.diag(D) == 0).all()
    assert (D >= 0).all()
    assert D[0, 1] == 0.0
    assert D[2, 3] == 0.0


@pytest.mark.parametrize("name", sorted(set(SLOW) - {"correlation", "cosine"}))
@given(seed=st.integers(0, 10_000))
def test_what_claims_to_be_a_metric_obeys_the_triangle_inequality(name, fit, seed):
    """With a dead point and nearly parallel ones among the points, up to rounding."""
    rng = np.random.default_rng(seed)
    X = rng.normal(size=(7, 3))
    X[0] = 0.0
    X[1] = X[2] * -2.0 + 1e-9 * X[3]
    D = distances(fit(name, X), name)
    assert metrics[name].is_metric
    assert (D[:, None, :] <= (D[:, :, None] + D[None, :, :]) * (1 + 1e-9) + 1e-12).all()


def test_cosine_is_not_a_metric_and_says_so():
    """Angles of 0, 45 and 90 degrees break the triangle inequality."""
    D = distances([[1.0, 0.0], [1.0, 1.0], [0.0, 1.0]], "cosine")
    assert D[0, 2] > D[0, 1] + D[1, 2]
    assert not metrics["cosine"].is_metric


def test_correlation_is_not_a_metric_and_says_so():
    """It is cosine after centring; a constant point is at 1 from the others, at any height."""
    D = distances(
        [[0.0, 1.0, -1.0], [1.0, 1.0, -2.0], [1.0, 0.0, -1.0], [0.1, 0.1, 0.1]], "correlation"
    )
    assert D[0, 2] > D[0, 1] * 0.99 + D[1, 2] * 0.99
    assert D[3].tolist() == [1, 1, 1, 0]
    assert not metrics["correlation"].is_metric
    with pytest.raises(InputError, match="2 or more coordinates, got 1"):
        distances([0.0, 1.0], "correlation")


def test_places_on_the_earth():
    """A quarter and half of a great circle, one metre, and the same place by another longitude."""
    D = distances([[0, 0], [90, 0], [-90, 17], [0, 180], [0, 360], [0, 1e-5]], "haversine")
    half = math.pi * 6371.0088
    np.testing.assert_allclose(D[0], [0, half / 2, half / 2, half, 0, half * 1e-5 / 180], atol=1e-11)


@pytest.mark.parametrize(
    ("points", "told"),
    [
        ([[0, 0], [91, 0]], "point 1 has the latitude 91, which must lie between -90 and 90 degrees"),
        ([[0, -200], [9, 0]], "point 0 has the longitude -200, which must lie between -180 and 360"),
        ([[0, 0, 0]], "2 coordinates, latitude and longitude in degrees, got 3"),
    ],
)
def test_what_is_not_on_the_earth(points, told):
    """Degrees out of range and other coordinates are refused, with what is expected."""
    with pytest.raises(InputError, match=told):
        distances(points, "haversine")


def test_sets_and_their_bits_are_equally_far():
    """Two empty sets are at 0; another metric has no use for sets, nor jaccard for other numbers."""
    bits = np.random.default_rng(0).random((15, 9)) < 0.3
    sets = [frozenset(np.flatnonzero(row)) for row in bits]
    assert (distances(sets, "jaccard") == distances(bits, "jaccard")).all()
    assert distances([set(), set()], "tanimoto").tolist() == [[0, 0], [0, 0]]
    with pytest.raises(
        InputError, match=r"euclidean takes a numeric .* got sets; for sets there is jac"
    ):
        distances(sets)
    with pytest.raises(
        InputError, match=r"jaccard takes bits, 0 or 1, or Python sets; point 1 holds 2\."
    ):
        distances([[0, 1], [1, 2]], "jaccard")


def test_blocks_of_rows_are_joined(monkeypatch):
    """Whatever fits into memory at a time."""
    X = np.random.default_rng(0).normal(size=(11, 3))
    whole = distances(X, "manhattan")
    monkeypatch.setattr(_blocks, "_NUMBERS", 70)
    assert (distances(X, "manhattan") == whole).all()


def test_any_function_of_two_points():
    """Of rows of numbers, of text, of whatever a list holds."""
    X = np.random.default_rng(0).normal(size=(6, 3))
    assert (distances(X.tolist(), math.dist) == [[math.dist(x, y) for y in X] for x in X]).all()
    words = ["a", "abc", "ab"]
    instance = Instance.from_points(words, 2, lambda x, y: abs(len(x) - len(y)), is_metric=True)
    assert instance.distances.tolist() == [[0, 2, 1], [2, 0, 1], [1, 1, 0]]
    assert (instance.metric, instance.is_metric, instance.points) == (None, True, None)
    assert Instance.from_points(X, 2, math.dist).is_metric is None
    assert Instance.from_points(X, 2, math.dist).points.tolist() == X.tolist()


@pytest.mark.parametrize(
    ("points", "function", "told"),
    [
        (
            [1, 2, 4],
            lambda x, y: float(y[0] - x[0]),
            "<lambda> is not symmetric: points 0 and 1 are 1 apart, a",
        ),
        ([1, 2], lambda x, y: "far", "<lambda> must return a number, got 'far' for points 0 and 1"),
        ([1, 2], lambda x, y: -1, r"distance \[0, 1\] = -1.0 is negative"),
        ([[1, 2], [3, math.nan]], math.dist, "point 1 holds NaN"),
        ([1, 2, 4], lambda x, y: float(x[0] - y[0]) ** 2, "these distances are no metric"),
    ],
)
def test_functions_that_are_no_distance(points, function, told):
    """What they return is looked at, and so are some triangles where a metric is declared."""
    with pytest.raises(InputError, match=told):
        Instance.from_points(points, 2, function, is_metric=True)


def test_close_points_keep_their_digits():
    """Points 1e-9 apart at distance 1e3 from the origin are told apart."""
    X = np.array([[1e3, 0.0], [1e3, 1e-9], [1e3, 2e-9]])
    np.testing.assert_allclose(distances(X)[0], [0.0, 1e-9, 2e-9], rtol=1e-12)


def test_tiny_differences_do_not_vanish():
    """Squares of 1e-162 underflow; distances do not."""
    D = distances([[1.0], [0.0], [1.5e-162], [-1.5e-162]])
    np.testing.assert_allclose(D[1], [1.0, 0.0, 1.5e-162, 1.5e-162], rtol=1e-12)
    np.testing.assert_allclose(D[2, 3], 3e-162, rtol=1e-12)


def test_angles_keep_their_digits_near_zero_and_near_ninety_degrees():
    """arcsin loses them near 90 degrees, arccos near 0."""
    D = distances([[1.0, 0.0], [1e-8, 1.0], [1.0, 1e-9]], "angular")
    np.testing.assert_allclose(D[0, 1], np.pi / 2 - 1e-8, rtol=1e-15)
    np.testing.assert_allclose(D[0, 2], 1e-9, rtol=1e-12)


@pytest.mark.parametrize("points", [np.zeros((0, 3)), np.zeros((2, 2, 2)), 5.0])
def test_shapes_that_are_no_points_are_refused(points):
    """Empty, three-dimensional and scalar input name the shape."""
    with pytest.raises(InputError, match=r"shape \(n, d\)"):
        distances(points)


def exact_euclidean(x, y):
    """In 60 digits, whatever the scale."""
    with localcontext() as context:
        context.prec = 60
        return float(
            sum((Decimal(float(a)) - Decimal(float(b))) ** 2 for a, b in zip(x, y, strict=True)).sqrt()
        )


SCALES = st.sampled_from(
    [0.0, 1.0, -1.0, 3.0, 1e-160, 2e-160, 1e-162, 1e-170, -2e-170, 5e-324, 1e160, 3e300, 1e16, 1e16 + 2]
)


@example([(0.0, 1e160), (1e-160, 1e160)])  # a spread that is lost beside the mean
@given(st.lists(st.tuples(SCALES, SCALES), min_size=2, max_size=9))
def test_scales_that_meet_in_one_array(rows):
    """Every euclidean distance to twelve digits, beside whatever else is in the array."""
    D = distances(rows)
    for i, x in enumerate(rows):
        for j, y in enumerate(rows):
            assert D[i, j] == pytest.approx(exact_euclidean(x, y), rel=1e-12, abs=1e-323)
    assert (D == D.T).all()


@pytest.mark.parametrize("offset", [0.0, 1e3, 1e8, 1e15])
@given(seed=st.integers(0, 10_000))
def test_far_from_the_origin(offset, seed):
    """Exact up to 1e-12 of every distance between the points as given; copies stay at 0."""
    rng = np.random.default_rng(seed)
    X = offset * rng.normal(size=3) + rng.normal(size=(9, 3)) * 10.0 ** rng.integers(-6, 3, size=(9, 1))
    X[0] = X[1]
    D = distances(X)
    assert D[0, 1] == 0.0
    assert (D == D.T).all()
    for i in range(9):
        for j in range(9):
            assert D[i, j] == pytest.approx(exact_euclidean(X[i], X[j]), rel=1e-12, abs=0.0)


@given(st.integers(-(2**40), 2**40), st.integers(0, 1000))
def test_ties_of_whole_coordinates_survive_any_offset(offset, seed):
    """Equal distances stay equal, and they are those around the origin to the last bit."""
    X = np.random.default_rng(seed).integers(-4, 5, size=(12, 2)).astype(float)
    assert (distances(X + offset) == distances(X)).all()


@pytest.mark.parametrize("name", ["angular", "chordal", "correlation", "cosine", "normalized"])
@pytest.mark.parametrize("scale", [5e-324, 1e-310, 1e-200, 1e200, 1.7e308])
def test_directions_do_not_depend_on_length(name, scale):
    """Neither on lengths whose squares underflow or overflow, nor on several of them in one array."""
    X = np.array([[1.0, 0.0, 0.0], [0.0, 1.0, 0.0], [1.0, 1.0, 0.0], [0.0, 0.0, 0.0], [-1.0, 0.0, 0.0]])
    usual = distances(X, name)
    for rows in (slice(None), slice(0, 2)):
        Y = X.copy()
        Y[rows] *= scale
        np.testing.assert_allclose(distances(Y, name), usual, rtol=1e-12, atol=1e-15)


def test_points_that_do_not_fit_as_a_matrix_are_refused(monkeypatch):
    """Before anything is computed, with what does without a matrix."""
    monkeypatch.setattr(psutil, "virtual_memory", lambda: SimpleNamespace(total=2**30))
    with pytest.raises(
        InputError, match=r"points has 10,000 points, .* take 0\.7 GiB, .*core_set .* need no matrix"
    ):
        distances(np.zeros((10_000, 2)))
