"""Tests of `solvers.ranks.window`."""

from __future__ import annotations

import numpy as np

from dispersion import Instance
from solvers.ranks.start import degree_bound
from solvers.ranks.window import window


def test_the_window_holds_the_optimum_and_every_pair_once(brute_force, random_instance):
    """low <= rank of the optimum <= high; pairs are below, within, or at least high."""
    for seed in range(300):
        instance = random_instance(seed)
        pairs = window(instance)
        optimum = int(np.searchsorted(instance.levels, brute_force(instance)))
        assert pairs.low <= optimum <= pairs.high
        i, j = np.triu_indices(instance.n, k=1)
        above = (instance.ranks[i, j] >= max(pairs.high, pairs.low)).sum()
        assert len(pairs.below) + len(pairs.within) + above == len(i)


def test_degree_bound_by_hand():
    """Three mutually far points and two near ones: three points of degree two bound p = 3."""
    far = np.array(
        [[0, 9, 8, 1, 1], [9, 0, 7, 1, 1], [8, 7, 0, 1, 1], [1, 1, 1, 0, 2], [1, 1, 1, 2, 0]]
    )
    instance = Instance(far * 1.0, 3)
    assert instance.levels[degree_bound(instance.ranks, 3)] == 7.0
