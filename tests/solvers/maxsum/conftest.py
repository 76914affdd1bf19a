"""What the tests of max-sum solvers share: who is exact, and small instances each can take."""

from __future__ import annotations

import numpy as np
import pytest

from dispersion import Instance


def _cloud(seed: int, n: int = 10, p: int = 4, d: int = 3) -> Instance:
    return Instance.from_points(np.random.default_rng(seed).normal(size=(n, d)), p)


def _directions(seed: int, n: int = 9, p: int = 4, d: int = 4) -> Instance:
    X = np.random.default_rng(seed).normal(size=(n, d))
    X[seed % n] *= seed % 3 > 0  # sometimes a zero vector
    return Instance.from_points(X, p, "cosine")


def _uniform(seed: int, n: int = 12, p: int = 5) -> Instance:
    upper = np.triu(np.random.default_rng(seed).random((n, n)), k=1)
    return Instance(upper + upper.T, p)


@pytest.fixture(scope="session")
def cloud():
    """Euclidean distances of a normal cloud, by seed, n, p and d: of negative type."""
    return _cloud


@pytest.fixture(scope="session")
def directions():
    """1 - cos of a normal cloud, by seed, n, p and d; some hold a zero vector."""
    return _directions


@pytest.fixture(scope="session")
def uniform():
    """Independent uniform distances, by seed, n and p: neither a metric nor of negative type."""
    return _uniform
