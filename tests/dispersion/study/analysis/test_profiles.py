"""Profiles and scores are what pencil and paper say they are."""

import math
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dispersion.solution import TracePoint
from dispersion.study.analysis.profiles import (
    SHORTEST,
    par10,
    performance_profiles,
    primal_gap,
    primal_integral,
    proof_seconds,
    time_ratios,
    value_ratios,
    virtual_best,
)
from dispersion.study.rows import SolveRow
from dispersion.study.task import Question

SolveRows = Callable[..., SolveRow]


@pytest.fixture
def solved(solve_row: SolveRows) -> Callable[..., SolveRow]:
    """A solve by solver, instance and seconds; without seconds it met its limit of 10."""

    def make(solver: str, instance: str, seconds: float | None, objective: float = 1.0) -> SolveRow:
        return solve_row(
            solver=solver,
            instance=instance,
            status="time_limit" if seconds is None else "optimal",
            build_seconds=0.0,
            solve_seconds=10.0 if seconds is None else seconds,
            objective=objective,
        )

    return make


def test_a_profile_by_hand(solved: SolveRows) -> None:
    """Two solvers on three instances: who wins, within which factor, and what is never proven."""
    rows = [
        solved("a", "x", 1.0),
        solved("b", "x", 4.0),
        solved("a", "y", 6.0),
        solved("b", "y", 2.0),
        solved("a", "z", None),
        solved("b", "z", 5.0),
    ]
    a, b = performance_profiles(time_ratios(rows))
    assert (a.solver, a.ratios, a.shares) == ("a", (1.0, 3.0), (1 / 3, 2 / 3))
    assert (b.solver, b.ratios, b.shares) == ("b", (1.0, 4.0), (2 / 3, 1.0))
    assert [a.within(ratio) for ratio in (0.5, 1, 2.9, 3, math.inf)] == [0, 1 / 3, 1 / 3, 2 / 3, 2 / 3]


def test_what_nobody_proved_counts_for_nobody(solved: SolveRows) -> None:
    """A question without a proof, or that a solver was not asked, stays in the denominator."""
    rows = [solved("a", "x", None), solved("b", "x", None), solved("a", "y", 1.0)]
    a, b = performance_profiles(time_ratios(rows))
    assert (a.shares, b.shares) == ((0.5,), ())
    assert b.within(math.inf) == 0.0
    assert performance_profiles({}) == []


def test_times_below_the_clock_are_equal(solved: SolveRows) -> None:
    """Two solves that took next to no time are equally fast; none divides by zero."""
    ratios = time_ratios([solved("a", "x", 0.0), solved("b", "x", SHORTEST / 2)])
    question = solved("a", "x", 0.0).question
    assert ratios == {"a": {question: [1.0]}, "b": {question: [1.0]}}


def test_seeds_share_one_question(solve_row: SolveRows) -> None:
    """Three seeds, one of which finds the best, are a third of an instance won."""
    seeds = [solve_row(solver="r", seed=k, objective=value) for k, value in enumerate((4.0, 2.0, 1.0))]
    rows = [solve_row(solver="a", objective=4.0), *seeds]
    a, r = performance_profiles(value_ratios(rows))
    assert a.shares == (1.0,)
    assert r.ratios == (1.0, 2.0, 4.0)
    assert r.shares == pytest.approx((1 / 3, 2 / 3, 1.0))


def test_ratios_of_values(solve_row: SolveRows) -> None:
    """No answer and a zero where more is known are infinitely far; equal zeros are both best."""
    rows = [
        solve_row(solver="a", objective=None),
        solve_row(solver="b", objective=0.0),
        solve_row(solver="c", objective=2.0),
        solve_row(solver="b", instance="zero", objective=0.0),
        solve_row(solver="a", instance="none", objective=None),
    ]
    found = {
        solver: [r for runs in of.values() for r in runs] for solver, of in value_ratios(rows).items()
    }
    assert found == {"a": [math.inf, math.inf], "b": [math.inf, 1.0], "c": [1.0]}


@given(
    st.lists(
        st.tuples(
            st.sampled_from("abc"), st.sampled_from("xyz"), st.none() | st.floats(SHORTEST, 10.0)
        ),
        min_size=1,
        unique_by=lambda run: run[:2],
    )
)
def test_profiles_are_what_counting_gives(runs: list[tuple[str, str, float | None]]) -> None:
    """For every solver and ratio: the share of all questions whose ratio is not above it."""
    ratios: dict[str, dict[Question, list[float]]] = {}
    best = {name: min((t for _, q, t in runs if q == name and t), default=1.0) for _, name, _ in runs}
    for solver, name, seconds in runs:
        ratio = math.inf if seconds is None else seconds / best[name]
        ratios.setdefault(solver, {})[Question(name, None, name, 2)] = [ratio]
    for profile in performance_profiles(ratios):
        mine = [ratio for [ratio] in ratios[profile.solver].values()]
        for ratio in [1.0, *profile.ratios, math.inf]:
            counted = sum(one <= ratio and math.isfinite(one) for one in mine) / len(best)
            assert profile.within(ratio) == pytest.approx(counted)
        assert list(profile.shares) == sorted(profile.shares)


def test_par10_by_hand(solved: SolveRows) -> None:
    """(1 + 3 + 10 * 10) / 3; without solves there is none."""
    rows = [solved("a", "x", 1.0), solved("a", "y", 3.0), solved("a", "z", None)]
    assert par10(rows) == pytest.approx(104 / 3)
    assert par10(rows, factor=2) == pytest.approx(24 / 3)
    assert par10([]) is None
    assert [proof_seconds(row) for row in rows] == [1.0, 3.0, None]


def test_the_virtual_best_proves_first_and_finds_second(solved: SolveRows) -> None:
    """A proof beats any value, the faster one another proof; else the value, then the time."""
    rows = [
        solved("slow", "x", 5.0),
        solved("fast", "x", 2.0),
        solved("none", "x", None, objective=9.0),
        solved("low", "y", None, objective=1.0),
        solved("high", "y", None, objective=2.0),
        solved("only", "z", None),
    ]
    assert [row.solver for row in virtual_best(rows)] == ["fast", "high", "only"]


@pytest.mark.parametrize(
    ("objective", "best", "gap"),
    [(None, 4.0, 1), (4.0, 4.0, 0), (3.0, 4.0, 0.25), (0.0, 4.0, 1), (0.0, 0.0, 0), (-1.0, 4.0, 1)],
)
def test_primal_gaps_by_hand(objective: float | None, best: float, gap: float) -> None:
    """Nothing found is 1, the best is 0, and zero is no division."""
    assert primal_gap(objective, best) == gap


def test_a_primal_integral_by_hand() -> None:
    """2 s without incumbent, 3 s at a gap of 1/2, 1 s at 1/4, then the best: 2 + 1.5 + 0.25."""
    trace = [
        TracePoint(1.0, None, 9.0),
        TracePoint(2.0, 2.0, 9.0),
        TracePoint(5.0, 3.0, 9.0),
        TracePoint(6.0, 4.0, 4.0),
    ]
    assert primal_integral(trace, best=4.0, until=10.0) == pytest.approx(3.75)
    assert primal_integral(trace, best=4.0, until=5.5) == pytest.approx(3.625)
    assert primal_integral(trace, best=4.0, until=1.5) == pytest.approx(1.5)
    assert primal_integral([], best=4.0, until=10.0) == 10.0


@given(st.lists(st.tuples(st.floats(0, 20), st.floats(0, 1)), max_size=6), st.floats(0.1, 10))
def test_a_primal_integral_is_a_sum_of_rectangles(
    steps: list[tuple[float, float]], until: float
) -> None:
    """It is the mean gap at many moments times the length, whatever the trace."""
    steps.sort()
    trace = [TracePoint(seconds, value, None) for seconds, value in steps]
    moments = [until * (k + 0.5) / 4000 for k in range(4000)]
    gaps = []
    for moment in moments:
        past = [value for seconds, value in steps if seconds <= moment]
        gaps.append(primal_gap(past[-1] if past else None, 1.0))
    expected = until * math.fsum(gaps) / len(gaps)
    assert primal_integral(trace, 1.0, until) == pytest.approx(expected, abs=until * 7 / 4000)
