"""Tests of quadratic forms on the plane of selections."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from solvers.sums.linear_algebra import mirror_of, on_plane, size_of


def centred_eigenvalues(matrix: np.ndarray) -> np.ndarray:
    """Of C A C with C = I - J / n, ascending, without the 0 of the constant vector."""
    n = len(matrix)
    centre = np.eye(n) - 1.0 / n
    values, vectors = np.linalg.eigh(centre @ matrix @ centre)
    constant = np.abs(vectors.sum(axis=0)).argmax()
    return np.delete(values, constant)


@given(seed=st.integers(0, 2**31 - 1), n=st.integers(2, 12))
@settings(deadline=None, max_examples=40)
def test_the_plane_has_the_eigenvalues_of_the_centred_matrix(seed, n):
    """Two ways to restrict a quadratic form to sum x = 0."""
    A = np.random.default_rng(seed).normal(size=(n, n))
    A = A + A.T + 10 * np.diag(np.arange(n))
    expected = np.sort(centred_eigenvalues(A))
    np.testing.assert_allclose(np.linalg.eigvalsh(on_plane(A)), expected, atol=1e-8)
    mirror = mirror_of(n)
    assert np.abs((np.eye(n) - 2 * np.outer(mirror, mirror)) @ np.ones(n))[1:].max() < 1e-12


def test_the_size_of_a_matrix_is_its_frobenius_norm():
    """At any scale; squares would overflow or vanish."""
    matrix = np.array([[0.0, -3.0], [4.0, 0.0]])
    for scale in (1e-200, 1.0, 1e200):
        assert size_of(scale * matrix) == pytest.approx(5.0 * scale)
    assert size_of(np.zeros((2, 2))) == 0.0
