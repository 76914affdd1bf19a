"""Tests of when bound and incumbent have met."""

from __future__ import annotations

import numpy as np
import pytest

from dispersion import Instance
from solvers.base import Limits
from solvers.maxsum.bracket import floor_of, prove
from solvers.run import Run


@pytest.fixture
def run():
    """Three points at distance 1 of each other, all chosen: worth 3."""
    run = Run(Instance(1.0 - np.eye(4), 3), Limits(), "max-sum")
    run.incumbent([0, 1, 2])
    return run


@pytest.mark.parametrize("bound", [3.0, 3.0 * (1 + 9e-10), 3.0 * (1 - 9e-10)])
def test_what_is_equal_up_to_rounding_closes(run, bound):
    """And is then equal to the last bit."""
    assert prove(run, bound)
    assert run.bound == run.objective == 3.0


def test_what_is_not_does_not(run):
    """It is reported a little higher, so that rounding cannot put a selection above it."""
    assert not prove(run, 3.1)
    assert 3.1 < run.bound < 3.1 * (1 + 1e-11)
    assert not prove(run, 3.0 * (1 + 1e-8))
    assert prove(run, 3.0 * (1 + 1e-8), above=1e-6)


def test_an_engine_may_fall_short_by_its_tolerance(run):
    """By more than that, the bound is reported as it is: a contradiction for others to find."""
    assert prove(run, 3.0 * (1 - 1e-7), below=1e-6)
    run.bound = None
    assert not prove(run, 2.9)
    assert run.bound < run.objective


def test_without_an_incumbent_nothing_closes():
    """Nor is there a floor."""
    run = Run(Instance(1.0 - np.eye(4), 3), Limits(), "max-sum")
    assert floor_of(run) == -np.inf
    assert not prove(run, 3.0)
