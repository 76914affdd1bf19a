"""Tests of greedy insertion."""

from __future__ import annotations

import numpy as np

from solvers.sums.swaps import insertion


def test_insertion_by_hand():
    """On the line 0, 1, 3, 7: the ends, then 1, which adds 7 as 3 does, by the lower index."""
    x = np.array([0.0, 1.0, 3.0, 7.0])
    assert insertion(np.abs(x[:, None] - x), 3).tolist() == [0, 3, 1]
    assert sorted(insertion(np.zeros((4, 4)), 4)) == [0, 1, 2, 3]
