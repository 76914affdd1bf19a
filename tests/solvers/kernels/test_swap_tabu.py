"""Tests of tabu search over swaps: its value is that of its selection."""

from __future__ import annotations

import numpy as np
import pytest

from dispersion import Instance
from solvers.kernels.swap_tabu import SwapTabu
from solvers.kernels.swaps import local_optimum


def value_of(distances: np.ndarray, selected: np.ndarray) -> float:
    """The sum over the chosen pairs."""
    return float(distances[np.ix_(selected, selected)].sum() / 2)


def matrix(seed: int, n: int = 14) -> np.ndarray:
    """Uniform distances, or those of points in the plane."""
    rng = np.random.default_rng(seed)
    if seed % 2:
        return np.array(Instance.from_points(rng.random((n, 2)), 2).distances)
    upper = np.triu(rng.random((n, n)), k=1)
    return upper + upper.T


@pytest.mark.parametrize("seed", range(6))
def test_tabu_keeps_books(seed):
    """Its value is that of its selection, and it does not end below a local optimum."""
    distances = matrix(seed, n=30)
    search = SwapTabu(distances, np.arange(10), seed)
    assert search.value == pytest.approx(value_of(distances, np.arange(10)))
    search.improve(2000)
    assert search.value == pytest.approx(value_of(distances, search.best), rel=1e-12)
    assert len(set(search.best.tolist())) == 10
    climbed, _ = local_optimum(distances, np.arange(10))
    assert search.value >= value_of(distances, climbed) * (1 - 1e-12)
    search.restart(np.arange(5, 15))
    assert search.value == pytest.approx(value_of(distances, np.arange(5, 15)))
    assert search.stalled == 0
