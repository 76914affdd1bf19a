"""Tests of the property that tangents need."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dispersion import InputError, Instance
from solvers.run import Limits, Run
from solvers.sums.negative_type import excess_curvature, require_negative_type, slack


def centred_eigenvalues(matrix: np.ndarray) -> np.ndarray:
    """Of C A C with C = I - J / n, ascending, without the 0 of the constant vector."""
    n = len(matrix)
    centre = np.eye(n) - 1.0 / n
    values, vectors = np.linalg.eigh(centre @ matrix @ centre)
    constant = np.abs(vectors.sum(axis=0)).argmax()
    return np.delete(values, constant)


@given(seed=st.integers(0, 2**31 - 1), n=st.integers(2, 40), d=st.integers(1, 6))
@settings(deadline=None, max_examples=40)
def test_euclidean_distances_are_of_negative_type(seed, n, d):
    """So are their squares, copies, lines and single places; what is left to rounding is tiny."""
    rng = np.random.default_rng(seed)
    X = rng.normal(size=(n, d))[rng.integers(0, n, n)]
    D = Instance.from_points(X, 2).distances
    for matrix in (D, D**2, np.zeros_like(D), 1e-200 * D, 1e100 * D):
        excess = excess_curvature(matrix)
        assert excess is not None
        assert 0.0 <= excess <= 1e-9 * n * max(1e-300, float(matrix.max())) * n
        for _ in range(5):
            x = rng.normal(size=n)
            x -= x.mean()
            assert x @ matrix @ x <= (excess + 1e-12 * np.abs(matrix).max() * n) * (x @ x)


@pytest.mark.parametrize("seed", range(20))
def test_a_matrix_that_is_not_is_found_out(seed, uniform):
    """Agrees with the eigenvalues of the centred matrix, and the refusal says by how much it fails."""
    instance = uniform(seed, n=4 + seed % 5, p=2)
    largest = centred_eigenvalues(np.array(instance.distances)).max()
    if largest < -1e-6:
        assert require_negative_type(Run(instance, Limits(), "max-sum")) >= 0.0
    elif largest > 1e-6:
        assert excess_curvature(instance.distances) is None
        with pytest.raises(InputError, match=r"not of negative type: .* reaches .* use 'qcr'"):
            require_negative_type(Run(instance, Limits(), "max-sum"))


def test_tangents_lie_above_selections(cloud):
    """f(y) <= f(x) + grad f(x)'(y - x) + slack for selections y and any x with sum p."""
    instance = cloud(1, n=12, p=5)
    D, p = instance.distances, instance.p
    allowed = require_negative_type(Run(instance, Limits(), "max-sum"))
    assert allowed == slack(excess_curvature(D), p)
    rng = np.random.default_rng(0)
    for _ in range(200):
        x = rng.dirichlet(np.ones(12)) * p
        y = np.zeros(12)
        y[rng.choice(12, size=p, replace=False)] = 1.0
        assert y @ D @ y / 2 <= x @ D @ x / 2 + (D @ x) @ (y - x) + allowed + 1e-12
