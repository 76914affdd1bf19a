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

from dispersion import InputError, distances
from dispersion.metrics import metrics


def _cos(x, y):
    return float(x @ y / (np.linalg.norm(x) * np.linalg.norm(y)))


SLOW = {
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
def test_a_metric_equals_its_definition(name):
    """All pairs of random points agree with the formula."""
    X = np.random.default_rng(3).normal(size=(12, 5))
    slow = np.array([[SLOW[name](x, y) for y in X] for x in X])
    np.fill_diagonal(slow, 0.0)
    np.testing.assert_allclose(distances(X, name), slow, rtol=1e-9, atol=1e-9)


@pytest.mark.parametrize("name", SLOW)
@given(seed=st.integers(0, 10_000), scale=st.sampled_from([1e-160, 1e-6, 1.0, 1e150]))
def test_matrices_are_valid_whatever_the_points(name, seed, scale):
    """Symmetric, zero diagonal, finite, and 0 between equal points; with dead and copied points."""
    rng = np.random.default_rng(seed)
    X = rng.normal(size=(8, 3)) * scale
    X[1] = X[0]
    X[2] = X[3] = 0.0
    D = distances(X, name)
    assert np.isfinite(D).all()
    assert (D == D.T).all()
    assert (np.diag(D) == 0).all()
    assert (D >= 0).all()
    assert D[0, 1] == 0.0
    assert D[2, 3] == 0.0


@pytest.mark.parametrize("name", sorted(set(SLOW) - {"cosine"}))
@given(seed=st.integers(0, 10_000))
def test_what_claims_to_be_a_metric_obeys_the_triangle_inequality(name, seed):
    """With a dead point and nearly parallel ones among the points, up to rounding."""
    rng = np.random.default_rng(seed)
    X = rng.normal(size=(7, 3))
    X[0] = 0.0
    X[1] = X[2] * -2.0 + 1e-9 * X[3]
    D = distances(X, name)
    assert metrics[name].is_metric
    assert (D[:, None, :] <= (D[:, :, None] + D[None, :, :]) * (1 + 1e-9) + 1e-12).all()


def test_cosine_is_not_a_metric_and_says_so():
    """Angles of 0, 45 and 90 degrees break the triangle inequality."""
    D = distances([[1.0, 0.0], [1.0, 1.0], [0.0, 1.0]], "cosine")
    assert D[0, 2] > D[0, 1] + D[1, 2]
    assert not metrics["cosine"].is_metric


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


@pytest.mark.parametrize("name", sorted(set(SLOW) - {"euclidean"}))
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
