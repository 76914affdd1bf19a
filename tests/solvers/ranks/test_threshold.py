"""Tests of ranks that only know whether a distance is long enough."""

from __future__ import annotations

import numpy as np

from dispersion import Instance
from solvers.ranks.threshold import graded, threshold_ranks


def test_a_distance_that_equals_the_threshold_is_long_enough():
    """To the last bit."""
    third = 1.0 / 3.0
    matrix = [[0.0, third, 1.0], [third, 0.0, 0.0], [1.0, 0.0, 0.0]]
    assert threshold_ranks(Instance(matrix, at_least=third)).tolist() == [
        [-1, 1, 1],
        [1, -1, 0],
        [1, 0, -1],
    ]
    above = Instance(matrix, at_least=np.nextafter(third, 1.0))
    assert threshold_ranks(above).tolist() == [[-1, 0, 1], [0, -1, 0], [1, 0, -1]]


def test_grades_keep_the_threshold_and_the_order_below():
    """Ranks of t or more are those of points apart, the diagonal is below 0, nearer is lower."""
    for unit in (1e-300, 1.0, 1e300):
        points = np.random.default_rng(1).random((20, 2)) * unit
        instance = Instance.from_points(points, at_least=0.4 * unit)
        ranks = threshold_ranks(instance)
        grades, t = graded(ranks, instance.distances)
        assert ((grades >= t) == (ranks == 1)).all()
        assert (np.diagonal(grades) < 0).all()
        near = ranks == 0
        order = np.argsort(instance.distances[near])
        assert (np.diff(grades[near][order]) >= 0).all()
    zeros = np.zeros((3, 3))
    assert graded(threshold_ranks(Instance(zeros, at_least=1.0)), zeros)[0].max() == 0
