"""Tests of `recheck_points`: true proofs are confirmed, planted lies are caught."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from solvers import Finding, recheck_points, solve_points

POINTS = np.random.default_rng(4).integers(0, 200, (60, 2))
SOLUTION = solve_points(POINTS, 6)
CLAIM = SOLUTION.refutations[-1]


def test_a_proof_is_confirmed():
    """From its clusters alone."""
    found = recheck_points(POINTS, 6, SOLUTION)
    assert found
    assert found.checked[0].refutation is CLAIM


def test_a_cover_is_confirmed():
    """No clusters are needed where few balls hold all points."""
    near = POINTS[:20] / 1000
    solution = solve_points(near, 3, rounding="ceil")
    assert (solution.objective, solution.bound, solution.refutations) == (1.0, 1.0, ())
    assert recheck_points(near, 3, solution, rounding="ceil")


def test_what_needs_no_search_is_confirmed():
    """Copies; required points alone, or with one more."""
    for points, p, required in (
        ([[0.0], [0.0], [1.0]], 3, []),
        ([[0.0], [2.0], [5.0]], 2, [0, 1]),
        ([[0.0], [2.0], [5.0], [9.0]], 3, [0, 3]),
    ):
        solution = solve_points(points, p, required=required)
        assert recheck_points(points, p, solution, required=required)


@pytest.mark.parametrize(
    ("changes", "fault"),
    [
        ({"instance_digest": ""}, "another problem"),
        ({"objective": 1.0}, "is worth"),
        ({"bound": 1.0, "objective": None, "selected": None}, "the lowest that is refuted"),
        ({"selected": np.arange(5)}, "not one of p = 6"),
        ({"bound": SOLUTION.objective / 2}, "below its own answer"),
        (
            {"refutations": (replace(CLAIM, clusters=np.zeros(60, np.int32)),)},
            "cluster 0 has two points",
        ),
        ({"refutations": (replace(CLAIM, clusters=np.full(60, -1, np.int32)),)}, "in no cluster"),
        ({"refutations": (replace(CLAIM, clusters=np.zeros(3, np.int32)),)}, "of 3 points"),
    ],
)
def test_lies_are_caught(changes, fault):
    """Of the selection, the bound or the clusters."""
    found = recheck_points(POINTS, 6, replace(SOLUTION, **changes))
    assert found.finding is Finding.CONTRADICTED
    assert fault in found.faults[0]


def test_clusters_that_prove_nothing_are_undecided():
    """A bound below the optimum, whose clusters are single points."""
    few = POINTS[:12]
    solution = solve_points(few, 4)
    claim = replace(solution.refutations[-1], value=solution.objective, clusters=np.arange(12))
    found = recheck_points(few, 4, replace(solution, refutations=(claim,)))
    assert found.finding is Finding.UNDECIDED
    assert "prove nothing by themselves" in found.checked[0].remark
