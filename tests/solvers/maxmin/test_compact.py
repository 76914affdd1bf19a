"""Tests of `solvers.maxmin.compact`: the model itself, apart from the engine's answer."""

from __future__ import annotations

import itertools
import re

import numpy as np
import pyomo.environ as pyo
import pytest
from pyomo.core.expr.visitor import identify_variables

from dispersion import Instance, Status
from solvers import solve
from solvers.maxmin.compact import compact_model
from solvers.ranks.window import window


@pytest.mark.parametrize("seed", [9, 10, 27])
def test_the_model_caps_every_selection_at_its_rank(seed):
    """For each selection that reaches low, as many z can be 1 as its rank allows, no more."""
    instance = Instance.from_points(np.random.default_rng(seed).random((7, 2)), 3)
    pairs = window(instance)
    assert pairs.low < pairs.high
    model = compact_model(np.array(instance.ranks), 3, pairs)
    rows = [row for group in (model.exclude, model.cap, model.order) for row in group.values()] + [
        model.choose
    ]
    for chosen in itertools.combinations(range(7), 3):
        for i in range(7):
            model.x[i].set_value(int(i in chosen))
        rank = min(instance.ranks[i, j] for i, j in itertools.combinations(chosen, 2))
        for reached in range(pairs.low, pairs.high + 1):
            for k in range(pairs.low, pairs.high + 1):
                model.z[k].set_value(int(k <= reached))
            feasible = all(
                (row.lower is None or pyo.value(row.body) >= pyo.value(row.lower) - 1e-9)
                and (row.upper is None or pyo.value(row.body) <= pyo.value(row.upper) + 1e-9)
                for row in rows
            )
            assert feasible == (reached <= rank), (chosen, reached)
            assert pyo.value(model.value) == reached


def test_every_pair_row_is_lifted_from_the_published_one():
    """The row of a pair holds both of its ends and the binary of the rank above its own."""
    instance = Instance.from_points(np.random.default_rng(0).normal(size=(20, 5)), 6)
    pairs = window(instance)
    model = compact_model(np.array(instance.ranks), 6, pairs)
    assert len(model.cap) == len(pairs.within)
    longer = 0
    for (i, j, rank), row in zip(pairs.within.tolist(), model.cap.values(), strict=True):
        names = {variable.name for variable in identify_variables(row.body)}
        assert {f"x[{i}]", f"x[{j}]", f"z[{rank + 1}]"} <= names
        assert row.upper == 2
        longer += len(names) > 3
    assert longer > 0


def test_time_may_be_up_before_the_model_stands():
    """Then the greedy answer and the degree bound are returned, and it says so."""
    X = np.random.default_rng(1).normal(size=(128, 32))
    solution = solve(Instance.from_points(X, 32, "normalized"), "compact", time_limit=0.02)
    assert solution.status is Status.TIME_LIMIT
    assert re.search(
        r"out of time before the model was built|would take about .* s were left", solution.message
    )
    assert solution.bound > solution.objective
