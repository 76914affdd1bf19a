"""Tests of farthest points and of the bound by degrees."""

from __future__ import annotations

import numpy as np

from dispersion import Instance
from solvers.ranks.start import degree_bound, farthest_points, longest_end


def test_farthest_points_by_hand():
    """On the line 0, 1, 3, 7 from the left end: 7, then 3, then 1."""
    x = np.array([0.0, 1.0, 3.0, 7.0])
    distances = np.abs(x[:, None] - x)
    assert farthest_points(distances, 0, 4).tolist() == [0, 3, 2, 1]


def test_points_are_distinct_even_when_all_distances_are_zero():
    """Copies are taken once each."""
    assert sorted(farthest_points(np.zeros((5, 5)), 2, 5)) == [0, 1, 2, 3, 4]


def test_ranks_and_distances_give_the_same_points():
    """Only comparisons are made."""
    instance = Instance.from_points(np.random.default_rng(1).random((30, 2)), 7)
    by_rank = farthest_points(instance.ranks, 3, 7)
    assert (by_rank == farthest_points(instance.distances, 3, 7)).all()


def test_any_layout_and_locked_arrays_are_taken():
    """Fortran order, a view with strides, read-only: the same points."""
    distances = np.array(Instance.from_points(np.random.default_rng(2).random((40, 2)), 9).distances)
    expected = farthest_points(distances, longest_end(distances), 9).tolist()
    wide = np.zeros((40, 80))
    wide[:, ::2] = distances
    locked = distances.copy()
    locked.setflags(write=False)
    for matrix in (np.asfortranarray(distances), wide[:, ::2], locked):
        assert farthest_points(matrix, longest_end(matrix), 9).tolist() == expected


def test_degree_bound_by_hand():
    """Three mutually far points and two near ones: three points of degree two bound p = 3."""
    far = np.array(
        [[0, 9, 8, 1, 1], [9, 0, 7, 1, 1], [8, 7, 0, 1, 1], [1, 1, 1, 0, 2], [1, 1, 1, 2, 0]]
    )
    instance = Instance(far * 1.0, 3)
    assert instance.levels[degree_bound(instance.ranks, 3)] == 7.0
