"""Tests of leaders: who comes first excludes who comes too near."""

from __future__ import annotations

import numpy as np

from dispersion import distances
from dispersion.leaders import leaders


def test_leaders_are_apart_and_none_can_be_added():
    """In any order, with ties at the distance itself; the first point is always one."""
    for seed in range(30):
        rng = np.random.default_rng(seed)
        matrix = distances(rng.integers(0, 5, (25, 2)), "euclidean")
        order, least = rng.permutation(25), float(rng.choice(matrix.ravel()))
        found = leaders(matrix, least, order)
        assert found[0] == order[0]
        among = matrix[np.ix_(found, found)]
        assert (among[~np.eye(len(found), dtype=bool)] >= least).all()
        rest = np.setdiff1d(order, found)
        assert (matrix[np.ix_(rest, found)] < least).any(axis=1).all()


def test_a_distance_of_0_takes_all():
    """Copies too, and each once."""
    assert leaders(np.zeros((3, 3)), 0.0, [2, 0, 1]).tolist() == [2, 0, 1]
