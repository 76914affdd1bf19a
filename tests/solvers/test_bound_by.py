"""Whose proof a bound is: an argument of ours, or the word of an engine with its version."""

from __future__ import annotations

import numpy as np
import pytest

from dispersion import Instance, Status
from solvers import Guarantee, Limits, Run, list_solvers, solve
from solvers.engines.common import CP_SAT, HIGHS
from solvers.engines.registration import with_version
from solvers.lookup import find

PLANE = Instance.from_points(np.random.default_rng(5).random((25, 2)), 7)
CLOUD = Instance.from_points(np.random.default_rng(5).normal(size=(14, 3)), 5)


@pytest.mark.parametrize(
    ("objective", "name"),
    [
        (objective, info.name)
        for objective in ("max-min", "max-sum")
        for info in list_solvers(objective)
        if info.guarantee is Guarantee.EXACT and info.name != "unit-vectors"
    ],
)
def test_what_an_engine_closes_is_labelled_as_its_proof(objective, name):
    """In the refutations, of which the last carries the bound, and at the end of the message."""
    instance = PLANE if objective == "max-min" else CLOUD
    solution = solve(instance, name, objective=objective, time_limit=600.0)
    assert solution.status is Status.OPTIMAL
    values = [one.value for one in solution.refutations]
    assert values == sorted(set(values), reverse=True)
    if objective == "max-min":
        above = instance.levels[instance.levels > solution.bound][0]
    else:
        above = np.nextafter(solution.bound, np.inf)
    assert values[-1] == above
    known = find(name, objective).engine
    engine = None if known is None else with_version(known)
    if name in ("tangent", "coordinate-partitioning"):  # an LP's bound is computed here
        assert solution.bound_by in (with_version(HIGHS), "tangents")
        engine = with_version(HIGHS) if solution.bound_by == with_version(HIGHS) else None
    if engine is None:
        assert solution.bound_by not in (with_version(HIGHS), with_version(CP_SAT))
        assert "bound by" not in solution.message
    else:
        assert solution.bound_by == engine
        assert solution.message.endswith(f"; bound by {engine}")


def test_what_degrees_or_row_sums_close_is_no_engine_s_proof():
    """Nothing was asked of HiGHS."""
    equal = Instance(1.0 - np.eye(8), 3)
    for name in ("kuby", "cp-sat", "highs-packing"):
        solution = solve(equal.with_p(2), name)
        assert (solution.bound_by, solution.refutations) == (None, ())  # nothing is longer
    line = Instance(np.abs(np.subtract.outer(np.arange(3.0), np.arange(3.0))), 3)
    assert solve(line, "kuby").bound_by == "degrees"
    assert solve(equal, "glover", objective="max-sum").bound_by == "row sums"


def test_heuristics_and_factors_have_no_proof_to_keep():
    """Greedy says in its message what its bound is."""
    assert solve(PLANE, "tabu").bound_by is None
    greedy = solve(PLANE, "greedy")
    assert greedy.bound_by is None
    assert "triangle inequality" in greedy.message


def test_a_bound_without_a_reason_does_not_borrow_one():
    """What was proved by colours stays so; the lower bound is the solver's."""
    run = Run(PLANE, Limits(), "max-min")
    run.report_bound(float(PLANE.levels[9]), "colouring")
    run.report_bound(float(PLANE.levels[9]), "cover")  # no news
    run.report_bound(float(PLANE.levels[5]))
    assert [(one.value, one.by) for one in run.refutations] == [
        (PLANE.levels[10], "colouring"),
        (PLANE.levels[6], "the solver"),
    ]


def test_what_was_repaired_stays_in_the_message():
    """Beside the label of the engine."""
    distances = PLANE.distances.copy()
    distances[3, 3] = 1e-17
    solution = solve(Instance(distances, 7), "cp-sat", time_limit=600.0)
    assert "by rounding, is taken as 0" in solution.message
    assert solution.message.endswith(f"bound by {with_version(CP_SAT)}")
