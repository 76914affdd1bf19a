"""Tests of `dispersion.verify`: lies are found out."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from dispersion import ContradictionError, Instance, Status, contradictions, recompute
from solvers import solve

INSTANCE = Instance.from_points(np.random.default_rng(5).normal(size=(9, 2)), 4)
HONEST = solve(INSTANCE, "clique")
GREEDY = solve(INSTANCE, "greedy")


def test_honest_answers_contradict_nothing():
    """Optimum and greedy with its bound live side by side."""
    assert contradictions(INSTANCE, [HONEST, GREEDY]) == []


@pytest.mark.parametrize(
    ("lie", "words"),
    [
        ({"objective": HONEST.objective * 1.01}, "its selection is worth"),
        ({"bound": np.nextafter(HONEST.objective, 0.0)}, "below its own answer"),
        ({"bound": float("nan")}, "below its own answer"),
        ({"bound": None}, "optimal, yet bound None"),
        ({"selected": np.array([0, 1, 2, 2])}, "distinct points"),
        ({"selected": np.array([0, 1, 2])}, "must be 4 whole numbers"),
        ({"selected": np.array([0, 1, 2, 9])}, r"of 0\.\.8"),
        ({"selected": np.array([0, 1, 2, -1])}, r"of 0\.\.8"),
        ({"selected": np.array([0.0, 1.0, 2.0, 3.0])}, "whole numbers"),
        ({"selected": None}, "optimal without a selection"),
    ],
)
def test_a_lie_about_oneself_is_found(lie, words):
    """Each way in which one solution can be wrong alone gives a sentence."""
    found = contradictions(INSTANCE, [replace(HONEST, **lie)])
    assert any(__import__("re").search(words, fault) for fault in found), found


def test_a_bound_below_another_answer_is_found_to_the_last_bit():
    """A bound one unit in the last place too low is a contradiction."""
    low = replace(
        GREEDY,
        solver="liar",
        selected=None,
        objective=None,
        status=Status.TIME_LIMIT,
        bound=float(np.nextafter(HONEST.objective, 0.0)),
    )
    assert any("liar proved" in fault for fault in contradictions(INSTANCE, [HONEST, low]))


def test_engines_are_named_with_their_versions():
    """Of the bound and of the answer that contradicts it."""
    liar = replace(HONEST, solver="liar", selected=None, objective=None, status=Status.TIME_LIMIT)
    liar = replace(liar, bound=0.5 * HONEST.objective, engine="HiGHS 1.13.1")
    found = replace(HONEST, solver="kuby", engine="SCIP 10.0.0")
    assert contradictions(INSTANCE, [liar, found]) == [
        f"liar (HiGHS 1.13.1) proved that nothing exceeds {liar.bound!r}, "
        f"kuby (SCIP 10.0.0) found {HONEST.objective!r}"
    ]


def test_sums_may_differ_by_rounding():
    """A sum bounded one unit in the last place too low is none; one bounded visibly too low is."""
    total = solve(INSTANCE, "greedy", objective="max-sum")
    silent = replace(
        total, solver="liar", selected=None, objective=None, status=Status.TIME_LIMIT, bound=0.0
    )
    near = replace(silent, bound=float(np.nextafter(total.objective, 0.0)))
    assert contradictions(INSTANCE, [total, near]) == []
    low = replace(silent, bound=total.objective * (1 - 1e-8))
    assert any("liar proved" in fault for fault in contradictions(INSTANCE, [total, low]))


def test_answers_to_another_instance_are_found():
    """An honest solution of another matrix is no answer to this one."""
    found = contradictions(INSTANCE.with_p(3), [HONEST])
    assert found == ["clique: answers another instance"]


def test_objectives_are_not_compared_with_each_other():
    """A max-min bound says nothing about a sum."""
    total = solve(INSTANCE, "greedy", objective="max-sum")
    assert total.objective > HONEST.bound
    assert contradictions(INSTANCE, [HONEST, total]) == []


def test_recompute_refuses_what_is_no_selection():
    """Values are only given to p distinct points."""
    with pytest.raises(ContradictionError, match="distinct"):
        recompute(INSTANCE, [0, 0, 1, 2], "max-min")
    assert recompute(INSTANCE, HONEST.selected, "max-min") == HONEST.objective
