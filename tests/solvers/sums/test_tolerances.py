"""Tests of when bound and incumbent have met."""

from __future__ import annotations

import numpy as np
import pytest

from dispersion import Instance
from solvers.run import Limits, Run
from solvers.sums.tolerances import DOUBT, floor_of, report_bound, report_engine_bound


@pytest.fixture
def run():
    """Three points at distance 1 of each other, all chosen: worth 3."""
    run = Run(Instance(1.0 - np.eye(4), 3), Limits(), "max-sum")
    run.report_incumbent([0, 1, 2])
    return run


@pytest.mark.parametrize("bound", [3.0, 3.0 * (1 + 9e-10), 3.0 * (1 - 9e-10)])
def test_what_is_equal_up_to_rounding_closes(run, bound):
    """And is then equal to the last bit."""
    assert report_bound(run, bound, "row sums")
    assert run.bound == run.objective == 3.0


def test_what_is_not_does_not(run):
    """It is reported a little higher, so that rounding cannot put a selection above it."""
    assert not report_bound(run, 3.1, "pairs")
    assert 3.1 < run.bound < 3.1 * (1 + 1e-10)
    assert not report_bound(run, 3.0 * (1 + 1e-8), "matching")


@pytest.mark.parametrize("bound", [3.0 * (1 - 9e-7), 3.0, 3.0 * (1 + 9e-7)])
def test_an_engine_is_believed_within_its_tolerance(run, bound):
    """If it says that it is done; until then its bound is a tolerance above whatever was found."""
    assert not report_engine_bound(run, bound, "HiGHS", closed=False)
    assert run.bound == max(bound, 3.0) * (1 + DOUBT)
    assert report_engine_bound(run, bound, "HiGHS", closed=True)
    assert run.bound == run.objective == 3.0


def test_an_engine_is_contradicted_beyond_its_tolerance(run):
    """The bound is left below the incumbent, for others to find; one far above closes nothing."""
    assert not report_engine_bound(run, 3.1, "HiGHS", closed=True)
    assert not report_engine_bound(run, 2.9, "HiGHS", closed=True)
    assert run.bound < run.objective


def test_without_an_incumbent_nothing_closes():
    """Nor is there a floor."""
    run = Run(Instance(1.0 - np.eye(4), 3), Limits(), "max-sum")
    assert floor_of(run) == -np.inf
    assert not report_bound(run, 3.0, "pairs")
