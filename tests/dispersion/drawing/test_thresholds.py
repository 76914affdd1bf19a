"""The edges are the pairs that are far enough apart, or all the others."""

from __future__ import annotations

import numpy as np
import pytest

from dispersion import InputError, Instance
from dispersion.drawing import draw_threshold_graph
from solvers import solve

LINE = Instance.from_points([[0.0, 0.0], [1.0, 0.0], [3.0, 0.0], [4.0, 0.0]], 2)
PLACES = [[0.0, 0.0], [1.0, 0.0], [3.0, 0.0], [4.0, 0.0]]


def _edges(ax):
    return [
        sorted(tuple(path.vertices[:, 0].tolist()) for path in lines.get_paths())
        for lines in ax.collections
    ]


def test_edges_are_the_long_pairs():
    """One that equals the threshold is long enough; those of the selection stand out."""
    ax = draw_threshold_graph(LINE, 3.0, [0, 3], PLACES)
    assert _edges(ax) == [[(0, 3), (1, 4)], [(0, 4)]]
    assert ax.get_title() == "instance: 3 of 6 pairs are at least 3 apart"


def test_conflicts_are_the_others():
    ax = draw_threshold_graph(LINE, 3.0, [0, 3], PLACES, conflicts=True)
    assert _edges(ax) == [[(0, 1), (1, 3), (3, 4)], []]


def test_an_optimal_selection_is_a_clique():
    """At its value, and no conflict is in it."""
    points = np.random.default_rng(0).random((9, 2))
    instance = Instance.from_points(points, 4)
    best = solve(instance)
    assert len(_edges(draw_threshold_graph(instance, best.objective, best))[1]) == 6
    assert _edges(draw_threshold_graph(instance, best.objective, best, conflicts=True))[1] == []


def test_a_threshold_is_a_distance():
    with pytest.raises(InputError, match="threshold must be a finite distance of 0 or more, got -1"):
        draw_threshold_graph(LINE, -1.0)
