"""What every test may use: small instances and the brute-force oracle."""

from __future__ import annotations

import itertools
import os
from pathlib import Path

import numpy as np
import pytest

from dispersion import Instance
from dispersion.objectives import objectives

if "PYTEST_XDIST_WORKER" in os.environ:  # one thread per process: spinning threads stop each other
    os.environ.setdefault("OMP_NUM_THREADS", "1")


def pytest_ignore_collect(collection_path: Path, config: pytest.Config) -> bool | None:
    """Leave the tests out of `pytest --benchmark-only`."""
    return True if config.getoption("benchmark_only") else None


def _brute_force(instance: Instance, objective: str = "max-min") -> float:
    value = objectives[objective].value
    return max(
        value(instance.distances, np.array(subset))
        for subset in itertools.combinations(range(instance.n), instance.p)
    )


def _random_instance(seed: int) -> Instance:
    """Small instances of every unpleasant kind: ties, duplicates, integers, p = 2, n - 1 and n."""
    rng = np.random.default_rng(seed)
    n = int(rng.integers(2, 10))
    p = int(rng.choice([2, n, max(2, n - 1), rng.integers(2, n + 1)]))
    kind = seed % 4
    if kind == 0:
        return Instance.from_points(rng.normal(size=(n, 3)), p)
    if kind == 1:
        return Instance.from_points(rng.integers(0, 3, size=(n, 2)), p)  # duplicates and ties
    matrix = rng.random((n, n)) if kind == 2 else rng.integers(0, 4, size=(n, n)).astype(float)
    upper = np.triu(matrix, k=1)
    return Instance(upper + upper.T, p)  # no metric


@pytest.fixture(scope="session")
def brute_force():
    """The optimum by trying every selection."""
    return _brute_force


@pytest.fixture(scope="session")
def random_instance():
    """A small instance by seed; four kinds take turns."""
    return _random_instance
