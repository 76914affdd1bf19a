"""Tests of what a solution says of itself."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from dispersion import Instance, Refutation, Solution, Status
from solvers import solve

LINE = Instance([[abs(i - j) for j in range(30)] for i in range(30)], 25, "line")
FAILED = Solution(
    "kuby", "max-min", LINE.digest, 0, None, None, None, Status.ERROR, 0.0, 0.25, (), "no"
)


def test_a_summary_is_for_readers():
    """Value, bound and gap, the status in words, who proved it, the time, and the first points."""
    solution = solve(LINE, "clique")
    lines = solution.summary().split("\n")
    assert lines[0] == "max-min by clique: optimal, proven"
    assert lines[1] == "objective  1"
    assert lines[2] == f"bound      1, gap 0.00%, by {solution.bound_by}"
    assert lines[3].startswith("time       0.")
    assert lines[3].endswith(" s")
    assert lines[4].startswith("selected   25 points: 0 1 ")
    assert lines[4].endswith(" ...")


def test_names_of_points_come_with_the_selection():
    """In its order, and in place of numbers in the summary; of many the first."""
    line = pd.DataFrame(LINE.distances, index=[f"km {k}" for k in range(30)])
    solution = solve(Instance(line, 2), "clique")
    assert solution.labels == tuple(f"km {k}" for k in solution.selected)
    assert "selected   2 points: km 0, km 29\n" in solution.summary()
    assert "25 points: km 0, km 1, km 2," in solve(Instance(line, 25), "greedy").summary()
    assert solve(LINE, "clique").labels is None


def test_absent_values_are_said_to_be_absent():
    """A failure has a message and nothing else."""
    assert FAILED.summary().split("\n") == [
        "max-min by kuby: failed",
        "objective  none",
        "bound      none",
        "time       0.250 s",
        "selected   none",
        "message    no",
    ]


def test_the_bound_names_its_proof():
    """The argument or the engine, where it is known."""
    bound = replace(FAILED, bound=2.0, refutations=(Refutation(3.0, "HiGHS 1.16.0"),))
    assert "bound      2, by HiGHS 1.16.0" in bound.summary()
    assert "bound      2, by kuby" in replace(bound, refutations=()).summary()


@pytest.mark.parametrize("status", list(Status))
def test_every_status_has_words(status):
    """None is left as a name of the code."""
    line = replace(FAILED, status=status, selected=np.arange(25)).summary().split("\n")[0]
    assert line.startswith("max-min by kuby: ")
    assert "_" not in line
