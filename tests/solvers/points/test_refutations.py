"""Tests of `solvers.points.refutations`: what is refuted is false, and what is paused is open."""

from __future__ import annotations

from itertools import combinations

import numpy as np
import pytest

from solvers.points.clusters import Clusters
from solvers.points.point_set import PointSet
from solvers.points.question import Question
from solvers.points.refutations import Refutations
from solvers.points.rounding import Rounding
from solvers.points.unit import Unit

NOBODY = np.empty(0, dtype=np.intp)
P = 4


def problem(seed, n=14):
    """Single points as clusters, squares among them, and the best square of four."""
    points = np.random.default_rng(seed).integers(0, 30, (n, 2)).astype(float)
    chosen = PointSet.of(points, NOBODY, NOBODY, Unit.of(points, Rounding.NONE))
    squares = sum((column[:, None] - column) ** 2 for column in chosen.columns)
    best = max(least(squares, some) for some in combinations(range(len(chosen)), P))
    return chosen, squares, best


def least(squares, some):
    return min(squares[a, b] for a, b in combinations(some, 2))


def clusters_of(chosen, goal):
    clusters = Clusters(chosen, goal)
    clusters.refine(0, 0.0)
    count = clusters.count
    clusters.open[:count, :count] = 1 - np.eye(count, dtype=np.uint8)
    clusters.raise_to(goal)
    return clusters


@pytest.mark.parametrize("threads", [1, 3])
def test_finds_what_is_there_and_refutes_the_rest(threads):
    """At the optimum a selection whose pairs are open, just above it none."""
    for seed in range(8):
        chosen, squares, best = problem(seed)
        clusters = clusters_of(chosen, best)
        witness = Refutations(clusters, P, threads).search(lambda: False)
        points = clusters.order[clusters.segments[witness, 0]]
        assert least(squares, points.tolist()) >= best
        above = clusters_of(chosen, np.nextafter(best, 9.0))
        assert Refutations(above, P, threads).search(lambda: False) is None
        assert len(above.living) < P


def test_closed_pairs_and_dead_clusters_are_in_no_selection():
    """Whatever the search has closed on its way to a selection."""
    for seed in range(8):
        chosen, squares, best = problem(seed)
        clusters = clusters_of(chosen, best)
        Refutations(clusters, P, 1).search(lambda: False)
        labels = clusters.labels()
        for some in combinations(range(len(chosen)), P):
            if least(squares, some) >= best:
                for a, b in combinations(some, 2):
                    assert clusters.alive[labels[a]]
                    assert clusters.open[labels[a], labels[b]]


def test_a_search_that_is_stopped_refutes_nothing():
    """Neither before it begins nor in the midst of a group."""
    chosen, _, best = problem(0, 40)
    for looks in range(0, 8, 2):
        left = iter([False] * looks)
        question = Question(chosen, P, np.nextafter(best, 9.0), 0, 1)
        refutations = Refutations(question.clusters, P, 1)
        assert refutations.search(lambda left=left: next(left, True)) is None
        stopped = Question(chosen, P, best, 0, 1)
        stopped.pursue(lambda left=left: next(left, True))
        assert not stopped.refuted
