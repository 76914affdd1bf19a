"""Tests of `solvers.kernels.sparse`: lists and products are those of the dense matrix."""

from __future__ import annotations

import itertools

import numpy as np
import pytest

from solvers.kernels.sparse import conflict_lists, conflict_product


def dense(ranks: np.ndarray, t: int) -> np.ndarray:
    """The 0/1 matrix of conflicts."""
    return ((ranks < t) & ~np.eye(len(ranks), dtype=bool)).astype(float)


@pytest.mark.parametrize(("seed", "n"), list(itertools.product(range(3), (1, 2, 9, 40))))
def test_the_lists_are_the_rows(seed, n, plane_ranks):
    """Of points on a small grid, many of them at one place: at every rank and just above the last."""
    ranks = plane_ranks(seed, max(n, 2), 4)[:n, :n].copy()
    for t in range(ranks.max() + 2):
        starts, members = conflict_lists(ranks, t)
        assert (starts.shape, starts[0], starts[-1]) == ((n + 1,), 0, len(members))
        for i, row in enumerate(dense(ranks, t)):
            assert members[starts[i] : starts[i + 1]].tolist() == np.flatnonzero(row).tolist()


@pytest.mark.parametrize(
    ("seed", "n", "density"), list(itertools.product(range(3), (1, 5, 40), (0.0, 0.3, 0.8, 1.0)))
)
def test_the_product_is_the_dense_one(seed, n, density, random_ranks):
    """With weights of both signs."""
    ranks = random_ranks(seed, n, density)
    weights, x = np.random.default_rng(seed).normal(size=(2, n))
    expected = weights * (dense(ranks, 1) @ (weights * x))
    product = conflict_product(*conflict_lists(ranks, 1), weights, x)
    np.testing.assert_allclose(product, expected, rtol=1e-12, atol=1e-12)
