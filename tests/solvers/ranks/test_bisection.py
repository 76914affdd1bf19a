"""Tests of `solvers.ranks.bisection`: the search over ranks, with probes that know the answer."""

from __future__ import annotations

import numpy as np
import pytest

from dispersion import ContradictionError, Instance
from solvers import Limits, Run
from solvers.ranks.bisection import Bracket, Verdict, bisect
from solvers.run import TimeUp

POINTS = Instance.from_points(np.arange(40.0)[:, None] ** 2, 2)  # two points reach any rank
TOP = len(POINTS.levels) - 1


def reaching(rank: int) -> np.ndarray:
    """Two points of exactly this rank."""
    return np.argwhere(POINTS.ranks == rank)[0]


def bracket(limits: Limits | None = None) -> Bracket:
    """All ranks, from the lowest."""
    run = Run(POINTS, limits or Limits(), "max-min")
    run.report_incumbent(reaching(0))
    run.report_bound(float(POINTS.levels[-1]))
    return Bracket(run, 0, TOP)


@pytest.mark.parametrize("optimum", [0, 1, 17, TOP - 1, TOP])
def test_it_finds_every_optimum_in_logarithmically_many_probes(optimum):
    """The ends meet at the optimum, and the run holds both."""
    asked = []

    def probe(t, seconds):
        asked.append(t)
        return Verdict(witness=reaching(t)) if t <= optimum else Verdict(refuted=True)

    ends = bracket()
    bisect(ends, probe)
    assert ends.low == ends.high == optimum
    assert ends.run.objective == POINTS.levels[optimum] == ends.run.bound
    assert len(asked) == len(set(asked)) <= np.ceil(np.log2(TOP + 1))


def test_a_witness_lifts_to_what_it_realises():
    """A probe that finds more than it was asked for saves the probes between."""
    asked = []

    def probe(t, seconds):
        asked.append(t)
        return Verdict(witness=reaching(TOP))

    bisect(bracket(), probe)
    assert len(asked) == 1


def test_undecided_ranks_are_left_for_a_later_pass():
    """The first pass moves both ends up to what it cannot decide; the next has more time."""
    hard, optimum = range(100, 300), 200
    given = []

    def probe(t, seconds):
        given.append(seconds)
        if t in hard and seconds < 20:
            return Verdict()
        return Verdict(witness=reaching(t)) if t <= optimum else Verdict(refuted=True)

    ends = bracket(Limits(3600.0))
    bisect(ends, probe)
    assert ends.low == ends.high == optimum
    first = [point for point in ends.run.trace if point.objective <= POINTS.levels[99]]
    assert first[-1].objective == POINTS.levels[99]
    assert POINTS.levels[300] > ends.run.trace[len(first)].bound
    assert len(set(given)) == 3  # passes
    assert given == sorted(given)


def test_time_may_run_out():
    """Then the ends stand as they are."""

    def probe(t, seconds):
        assert seconds <= 0.05
        return Verdict()

    ends = bracket(Limits(0.05))
    with pytest.raises(TimeUp):
        bisect(ends, probe)
    assert (ends.low, ends.high) == (0, TOP)


def test_a_witness_that_is_no_selection_is_caught():
    """The run looks at every witness."""
    with pytest.raises(ContradictionError):
        bisect(bracket(), lambda t, seconds: Verdict(witness=np.array([3, 3])))
