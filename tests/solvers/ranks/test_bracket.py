"""Tests of `solvers.ranks.bracket`: both ends move only towards each other, and are reported."""

from __future__ import annotations

import numpy as np

from dispersion import Instance
from dispersion.solution import Refutation
from solvers.ranks.bracket import Bracket
from solvers.run import Limits, Run


def a_bracket(seconds: float = 60.0) -> Bracket:
    """Four points on a line, two to choose: ranks 0 to 5."""
    instance = Instance.from_points([[0.0], [1.0], [3.0], [7.0]], 2)
    return Bracket(Run(instance, Limits(seconds), "max-min"))


def test_nothing_is_known_at_first():
    """Below every rank, and no further than the longest distance."""
    bracket = a_bracket()
    assert (bracket.low, bracket.high, bracket.open) == (-1, 5, True)
    assert bracket.run.objective is None


def test_a_selection_lifts_and_never_lowers():
    """The incumbent is the run's."""
    bracket = a_bracket()
    bracket.lift(np.array([0, 2]))
    assert (bracket.low, bracket.run.objective) == (2, 3.0)
    bracket.lift(np.array([0, 1]))
    assert (bracket.low, bracket.run.objective) == (2, 3.0)
    bracket.lift(np.array([0, 3]))
    assert not bracket.open


def test_a_refutation_lowers_and_never_lifts():
    """It is kept with what proved it, if it was news; the last one carries the bound."""
    bracket = a_bracket()
    bracket.refute(4, "search", 17)
    bracket.refute(5, "cover")
    bracket.refute(3)
    assert (bracket.high, bracket.run.bound) == (2, 3.0)
    assert bracket.run.refutations == [Refutation(6.0, "search", 17), Refutation(4.0, "the solver")]


def test_it_closes_when_time_is_up():
    """Whatever is left to decide."""
    assert not a_bracket(1e-9).open
