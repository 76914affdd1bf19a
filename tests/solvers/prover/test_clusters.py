"""Tests of `solvers.prover.clusters`: what is branched on are cliques of conflicts."""

from __future__ import annotations

import numpy as np
import pytest

from solvers.prover.clusters import clusters


@pytest.mark.parametrize("seed", range(60))
def test_clusters_are_free_points_that_exclude_each_other(seed, plane_ranks):
    """Distinct clusters, at most so many, and one point alone if nothing is fractional."""
    rng = np.random.default_rng(seed)
    n = int(rng.integers(2, 70))
    ranks = plane_ranks(seed, n)
    t = int(rng.uniform(0.05, 0.6) * ranks.max()) + 1
    excludes = (ranks < t) & ~np.eye(n, dtype=bool)
    free = rng.random(n) < 0.7
    x = np.where(free, rng.choice([0.0, 0.2, 0.5, 0.8, 1.0], n), 0.0)
    for most in (1, 3):
        found = clusters(x, free, excludes, ranks, most)
        assert len(found) <= most
        assert bool(found) == free.any()
        assert len({cluster.tobytes() for cluster in found}) == len(found)
        for cluster in found:
            inside = excludes[np.ix_(cluster, cluster)]
            assert inside.sum() == len(cluster) * (len(cluster) - 1)
            assert free[cluster].all()


def test_a_cluster_holds_about_half_a_point(plane_ranks):
    """Ten points at a tenth each, all in conflict: five or so, those nearest to one of them."""
    ranks = plane_ranks(3, 10)
    excludes = ~np.eye(10, dtype=bool)
    (cluster,) = clusters(np.full(10, 0.1), np.ones(10, dtype=bool), excludes, ranks, 1)
    assert len(cluster) in (5, 6)
    nearest = np.argsort(ranks[cluster[0]], kind="stable")
    assert set(cluster.tolist()) == set(nearest[: len(cluster)].tolist())


def test_whole_points_are_branched_on_one_by_one(plane_ranks):
    """Where the relaxation selects all or nothing, and where it selects nothing at all."""
    ranks, free = plane_ranks(1, 8), np.ones(8, dtype=bool)
    excludes = np.zeros((8, 8), dtype=bool)
    for x in (np.eye(8)[2], np.zeros(8)):
        (cluster,) = clusters(x, free, excludes, ranks, 1)
        assert len(cluster) == 1
        assert x.max() == x[cluster[0]]
