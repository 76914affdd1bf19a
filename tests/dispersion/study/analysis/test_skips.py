"""A solver that does not take an instance skips it: said everywhere, and no failure."""

import math
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from dispersion import Instance, NotApplicableError, Status
from dispersion.study.analysis.cross_check import cross_check
from dispersion.study.analysis.profiles import par10, performance_profiles, time_ratios
from dispersion.study.analysis.skips import skipped_lines
from dispersion.study.execution.executors.local import LocalExecutor
from dispersion.study.plots.growth import time_against_n
from dispersion.study.plots.scatter import times_against_baseline
from dispersion.study.rows import SolveRow
from dispersion.study.study import Study
from dispersion.study.tables import PARTS_DEFINITION, SKIPPED_DEFINITION, notes, summary_cells
from dispersion.study.task import Task
from dispersion.verify import contradictions
from solvers import Limits, solve

SolveRows = Callable[..., SolveRow]
CLOUD = np.random.default_rng(0).random((8, 3))
NO_COSINES = Instance.from_points(10 * CLOUD, 3, name="cloud")
NOT_NEGATIVE = Instance([[0, 9, 1, 1], [9, 0, 1, 1], [1, 1, 0, 1], [1, 1, 1, 0]], 3, name="bent")
WIDE = Instance([[0, 1e-12, 1, 1], [1e-12, 0, 1, 1], [1, 1, 0, 1], [1, 1, 1, 0]], 2, name="wide")
HUGE = Instance(NOT_NEGATIVE.distances * 1e307, 3, name="huge")
REFUSALS = [
    ("unit-vectors", NO_COSINES, "are not 1 - cos of any vectors"),
    ("tangent", NOT_NEGATIVE, "are not of negative type"),
    ("coordinate-partitioning", NOT_NEGATIVE, "are not of negative type"),
    ("glover", WIDE, "HiGHS ignores coefficients that small"),
    ("kuo-glover-dhir", WIDE, "HiGHS ignores coefficients that small"),
    ("greedy", HUGE, "cannot be computed with; give them in another unit"),
]


@pytest.mark.parametrize(("solver", "instance", "told"), REFUSALS)
def test_a_call_of_its_own_is_an_error(solver: str, instance: Instance, told: str) -> None:
    """Who asks one solver for one instance is told at once; it is bad input as well."""
    with pytest.raises(NotApplicableError, match=told) as caught:
        solve(instance, solver, objective="max-sum")
    assert isinstance(caught.value, ValueError)


def test_in_a_study_it_is_a_row_and_no_fault() -> None:
    """The row has the reason as it is; the other solvers' answers are checked as ever."""
    tasks = [Task(instance, None, name, "max-sum", Limits(5.0)) for name, instance, _ in REFUSALS]
    solved = dict(LocalExecutor(1).solve(enumerate(tasks)))
    for k, (_, instance, told) in enumerate(REFUSALS):
        assert solved[k].status is Status.SKIPPED
        assert told in solved[k].message
        assert "Error" not in solved[k].message
        assert contradictions(instance, [solved[k]]) == []
    checked = cross_check([(tasks[k], solved[k]) for k in range(len(tasks))])
    assert checked.faults == []
    assert [row.status for row in checked.rows] == ["skipped"] * len(tasks)
    assert math.isfinite(checked.rows[-1].random_mean)


@pytest.fixture
def rows(solve_row: SolveRows) -> list[SolveRow]:
    """Of two instances, `tangent` takes one."""
    proven = {"status": "optimal", "objective": 1.0, "bound": 1.0, "gap": 0.0, "keep": None}
    nothing: dict[str, Any] = {"objective": None, "bound": None, "gap": None, "keep": None}
    nothing |= {"build_seconds": 0.0, "solve_seconds": 0.0}
    return [
        solve_row(solver="qcr", instance="x", **proven),
        solve_row(solver="tangent", instance="x", **proven),
        solve_row(solver="qcr", instance="y", **proven),
        solve_row(solver="tangent", instance="y", status="skipped", message="bent.", **nothing),
    ]


def test_tables_say_how_many(rows: list[SolveRow], solve_row: SolveRows) -> None:
    """A column only where anything was skipped, and a line with the reason."""
    header, lines = summary_cells(rows)
    assert header[:4] == ["solver", "solves", "skipped", "proven"]
    assert [line[:4] for line in lines] == [["qcr", "2", "0", "2"], ["tangent", "2", "1", "1"]]
    assert skipped_lines(rows) == ["tangent skipped 1 of 2 solves, y, p = 32: bent."]
    assert lines[1][5] == "0.00% on 1"
    assert notes(rows) == [PARTS_DEFINITION, SKIPPED_DEFINITION]
    assert "skipped" not in summary_cells(rows[:3])[0]
    assert (skipped_lines(rows[:3]), notes(rows[:3])) == ([], [])
    more = [*rows, solve_row(solver="tangent", instance="z", status="skipped", keep=None)]
    assert skipped_lines(more) == ["tangent skipped 2 of 3 solves, such as y, p = 32: bent."]


def test_scores_count_it_as_not_solved(rows: list[SolveRow]) -> None:
    """Half of the questions in the profile, ten limits in the penalised time."""
    _, tangent = performance_profiles(time_ratios(rows))
    assert tangent.shares == (0.5,)
    mine = [row for row in rows if row.solver == "tangent"]
    assert par10(mine) == pytest.approx((1.75 + 100.0) / 2)


def test_pictures_of_times_leave_it_out(rows: list[SolveRow]) -> None:
    """It took no time, and would not have taken the limit either."""
    drawn = times_against_baseline(rows, "qcr").get_lines()
    [pairs] = [line for line in drawn if str(line.get_label())[0] != "_"]  # the others are factors
    assert len(pairs.get_xdata()) == 1
    crosses = [line for line in time_against_n(rows).get_lines() if line.get_marker() == "x"]
    assert crosses == []


def test_the_page_says_it(rows: list[SolveRow]) -> None:
    """In the verdict, with the reason; no FAIL."""
    from dispersion.report import build_report

    page = build_report(Study("one", rows))
    assert "tangent skipped 1 of 2 solves, y, p = 32: bent." in page
    assert "FAIL " not in page
