"""Tests of the start of exact methods: bounds by row sums."""

from __future__ import annotations

import numpy as np

from dispersion import Instance
from solvers.run import Limits, Run
from solvers.sums.start import largest_sums, report_start, row_bound, smallest_sums


def test_row_sums_bound_every_selection(random_instance, brute_force):
    """And close what is as easy as that."""
    for seed in range(100):
        instance = random_instance(seed)
        assert row_bound(instance.distances, instance.p) >= brute_force(instance, "max-sum") * (
            1 - 1e-12
        )
    run = Run(Instance(1.0 - np.eye(6), 3), Limits(), "max-sum")
    assert not report_start(run)
    assert (run.objective, run.bound, run.message) == (3.0, 3.0, "closed by the row sums")


def test_largest_sums_by_hand():
    """None, some, all."""
    D = np.array([[0.0, 3.0, 1.0], [3.0, 0.0, 2.0], [1.0, 2.0, 0.0]])
    assert largest_sums(D, 0).tolist() == [0.0, 0.0, 0.0]
    assert largest_sums(D, 1).tolist() == [3.0, 3.0, 2.0]
    assert largest_sums(D, 2).tolist() == [4.0, 5.0, 3.0]
    assert smallest_sums(D, 0).tolist() == [0.0, 0.0, 0.0]
    assert smallest_sums(D, 1).tolist() == [1.0, 2.0, 1.0]
    assert smallest_sums(D, 2).tolist() == [4.0, 5.0, 3.0]
