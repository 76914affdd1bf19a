"""Tests of `solvers.maxmin.kuby_one_m`: the textbook model, and nothing more."""

from __future__ import annotations

import itertools

import numpy as np
import pyomo.environ as pyo

from dispersion import Instance
from solvers import Limits, Run
from solvers.maxmin.kuby_one_m import kuby_one_m_model
from solvers.ranks.window import everything, report_window


def test_the_model_caps_every_selection_at_its_rank():
    """For each selection of six points, the largest feasible r is the rank of its value."""
    instance = Instance.from_points(np.random.default_rng(4).random((6, 2)), 3)
    model = kuby_one_m_model(6, 3, everything(instance))
    assert len(model.cap) == 15
    for chosen in itertools.combinations(range(6), 3):
        for i in range(6):
            model.x[i].set_value(int(i in chosen))
        rank = min(instance.ranks[i, j] for i, j in itertools.combinations(chosen, 2))
        for r in range(len(instance.levels)):
            model.r.set_value(r)
            feasible = all(pyo.value(row.body) <= pyo.value(row.upper) for row in model.cap.values())
            assert feasible == (r <= rank), (chosen, r)


def test_it_is_told_greedy_and_the_longest_distance_only():
    """No degree bound, no excluded pairs."""
    instance = Instance.from_points(np.random.default_rng(4).random((20, 2)), 5)
    run = Run(instance, Limits(), "max-min")
    pairs = report_window(run, everything)
    assert run.bound == instance.distances.max()
    assert run.objective == instance.levels[pairs.low]
    assert len(pairs.within) == 190
    assert len(pairs.below) == 0
