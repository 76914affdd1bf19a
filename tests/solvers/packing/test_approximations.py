"""Tests of what greedy and leader promise."""

from __future__ import annotations

import numpy as np
import pytest

from dispersion import Instance
from solvers import pack


def star(rays: int) -> Instance:
    """A centre that is too near to all of its rays, which are apart; the centre comes first."""
    distances = np.full((rays + 1, rays + 1), 2.0)
    distances[0] = distances[:, 0] = 1.0
    np.fill_diagonal(distances, 0.0)
    return Instance(distances, at_least=2.0)


def test_leader_takes_what_comes_first():
    """On a star one point of its rays: the bound by conflicts, which it reports, is attained."""
    solution = pack(star(5), solver="leader")
    assert solution.selected.tolist() == [0]
    assert solution.bound == 5.0 == pack(star(5)).objective


def test_greedy_takes_who_excludes_fewest():
    """All rays of a star; cliques prove that they are the most."""
    solution = pack(star(5), solver="greedy")
    assert solution.selected.tolist() == [1, 2, 3, 4, 5]
    assert solution.bound == 5.0
    assert solution.bound_by == "colouring"


@pytest.mark.parametrize("seed", range(30))
def test_greedy_keeps_its_factor(seed):
    """At least 3 / (c + 2) of the optimum, with at most c >= 1 conflicts of a point."""
    instance = Instance.from_points(
        np.random.default_rng(seed).random((60, 2)), at_least=0.05 + seed / 100
    )
    conflicts = max(1, int((instance.distances < instance.at_least).sum(axis=1).max()) - 1)
    optimum, greedy = pack(instance), pack(instance, solver="greedy")
    assert optimum.objective == optimum.bound
    assert greedy.objective >= 3 / (conflicts + 2) * optimum.objective


def test_random_packs_are_maximal():
    """Points in random order while they fit: others for another seed, and none can be added."""
    instance = Instance.from_points(np.random.default_rng(1).random((80, 2)), at_least=0.2)
    found = [pack(instance, solver="random", seed=seed).selected for seed in range(5)]
    assert len({tuple(one.tolist()) for one in found}) == 5
    for chosen in found:
        rest = np.setdiff1d(np.arange(80), chosen)
        assert (instance.distances[np.ix_(rest, chosen)] < 0.2).any(axis=1).all()
