"""Tests of `solvers.ranks.window`."""

from __future__ import annotations

import numpy as np

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
