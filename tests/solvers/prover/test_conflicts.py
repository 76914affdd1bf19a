"""Tests of greedy selections without conflict, and of connected parts."""

from __future__ import annotations

import networkx as nx
import numpy as np

from solvers.prover.conflicts import fewest_conflicts, parts


def graph(seed: int, n: int = 30, density: float = 0.08) -> np.ndarray:
    upper = np.triu(np.random.default_rng(seed).random((n, n)) < density, k=1)
    return upper | upper.T


def test_parts_are_the_connected_components():
    """Against networkx; single points are parts too."""
    for seed in range(20):
        conflicts = graph(seed)
        known = nx.connected_components(nx.from_numpy_array(conflicts))
        assert {frozenset(part.tolist()) for part in parts(conflicts)} == set(map(frozenset, known))


def test_the_selection_is_maximal_and_begins_as_told():
    """Without conflict, none can be added, and what was to be taken first is."""
    for seed in range(20):
        conflicts = graph(seed, density=0.3)
        start = np.array([7])
        for chosen in (fewest_conflicts(conflicts), fewest_conflicts(conflicts, start)):
            assert not conflicts[np.ix_(chosen, chosen)].any()
            rest = np.setdiff1d(np.arange(30), chosen)
            assert conflicts[np.ix_(rest, chosen)].any(axis=1).all()
        assert chosen[0] == 7


def test_the_lowest_degree_of_what_is_left_decides():
    """A path of 5: its end 0, then 2, then 4; by the degrees of the whole path 4 would follow 0."""
    path = np.eye(5, k=1, dtype=bool) | np.eye(5, k=-1, dtype=bool)
    assert fewest_conflicts(path).tolist() == [0, 2, 4]
