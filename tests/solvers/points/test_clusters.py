"""Tests of `solvers.points.clusters`: no pair of points far enough apart is ever lost."""

from __future__ import annotations

import numpy as np
import pytest

from solvers.points.clusters import Clusters
from solvers.points.point_set import PointSet
from solvers.points.rounding import Rounding
from solvers.points.unit import Unit

NOBODY = np.empty(0, dtype=np.intp)


def point_set(points, required=NOBODY):
    return PointSet.of(points, required, NOBODY, Unit.of(points, Rounding.NONE))


@pytest.mark.parametrize("d", [1, 2, 3, 4])
@pytest.mark.parametrize("whole", [True, False])
def test_open_pairs_hold_all_pairs_that_are_far_enough(d, whole):
    """Through splits, a larger distance and compaction; and pairs of single points exactly."""
    rng = np.random.default_rng([d, whole])
    points = rng.integers(0, 9, (60, d)).astype(float) if whole else rng.random((60, d))
    chosen = point_set(points)
    squares = sum((column[:, None] - column) ** 2 for column in chosen.columns)
    goal = np.quantile(squares, 0.7)
    clusters = Clusters(chosen, goal)
    clusters.refine(0, goal / 4)
    count = clusters.count
    clusters.open[:count, :count] = 1 - np.eye(count, dtype=np.uint8)
    clusters.raise_to(goal)
    for step in range(3):
        labels = clusters.labels()
        far = squares >= clusters.least
        one, other = np.nonzero(far)
        assert clusters.open[labels[one], labels[other]].all()
        assert sorted(np.concatenate([clusters.members(c) for c in range(clusters.count)])) == list(
            range(len(chosen))
        )
        if step == 0:
            for c in range(clusters.count):
                clusters.refine(c, 0.0)
        else:
            singles = clusters.open[np.ix_(labels, labels)].astype(bool)
            assert (singles == far).all()
            clusters.raise_to(np.quantile(squares, 0.8))
            assert (clusters.compact() >= 0).all()


def test_dead_clusters_keep_their_points():
    """For those who check the proof."""
    clusters = Clusters(point_set(np.random.default_rng(0).random((50, 2))), 0.04)
    clusters.refine(0, 0.01)
    clusters.kill(clusters.living[::2])
    before = clusters.labels()
    clusters.compact()
    after = clusters.labels()
    assert len(np.unique(np.column_stack([before, after]), axis=0)) == len(np.unique(before))
    assert (after >= 0).all()


def test_points_near_required_ones_leave():
    """As the distance grows, until nothing is left."""
    points = np.arange(10.0)[:, None]
    chosen = point_set(points, np.array([0]))
    unit = chosen.unit
    clusters = Clusters(chosen, unit.reaching(3.0))
    clusters.refine(0, 0.0)
    assert len(clusters.living) == 7
    clusters.raise_to(unit.reaching(8.0))
    assert sorted(chosen.rows[clusters.order[clusters.segments[clusters.living, 0]]]) == [8, 9]
    assert (clusters.labels() >= 0).sum() == 7
