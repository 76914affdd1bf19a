"""What cannot be true is found again in the rows."""

import dataclasses
from collections.abc import Callable

from dispersion.report.blocks import Faults
from dispersion.report.sections.contradictions import contradictions, faults_of
from dispersion.study.rows import SolveRow
from dispersion.study.study import Study

Studies = Callable[..., Study]
SolveRows = Callable[..., SolveRow]


def test_nothing_wrong_is_no_section(make_study: Studies) -> None:
    """The page does not begin with an empty list."""
    assert contradictions(make_study()) == []


def test_bounds_are_held_against_answers_again(make_study: Studies, solve_row: SolveRows) -> None:
    """A bound below another's answer, or below its own, and a failure are found without a record."""
    rows = [
        solve_row(solver="a", objective=0.5, bound=0.5),
        solve_row(solver="b", objective=0.6, bound=None, gap=None),
        solve_row(solver="c", instance="other", instance_digest="ab", objective=0.9, bound=0.8),
        solve_row(solver="d", status="error", objective=None, bound=None, message="out of memory"),
        solve_row(solver="e", objective=0.4, bound=float("nan")),
    ]
    found = faults_of(make_study(solves=rows))
    assert found[0] == "layer1.conv, keep 0.5: a proved that nothing exceeds 0.5, b found 0.6"
    assert "layer1.conv, keep 0.5: d failed: out of memory" in found
    assert sum("e proved that nothing exceeds nan" in fault for fault in found) == 3
    assert found[-1] == "other, keep 0.5: c proved that nothing exceeds 0.8, c found 0.9"


def test_sums_may_differ_by_a_rounding(make_study: Studies, solve_row: SolveRows) -> None:
    """Equal selections, added up in another order, are no contradiction; more than that is one."""
    proven = solve_row(solver="a", objective_name="max-sum", objective=9.464101615137753)
    proven = dataclasses.replace(proven, bound=9.464101615137753)
    for found, faults in ((9.464101615137755, 0), (9.46410165, 1)):
        other = dataclasses.replace(proven, solver="b", objective=found, bound=None, gap=None)
        assert len(faults_of(make_study(solves=[proven, other]))) == faults


def test_what_the_study_recorded_is_shown(make_study: Studies) -> None:
    """Published values and checks of proofs leave no trace in the rows, but in the record."""
    study = make_study(run={"faults": ["layer1: beats a proven optimum"]})
    [_, faults] = contradictions(study)
    assert isinstance(faults, Faults)
    assert faults.reasons == ["layer1: beats a proven optimum"]
