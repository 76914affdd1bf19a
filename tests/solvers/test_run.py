"""Whoever listens hears every improvement of a solve, and no other."""

import gc
from contextlib import suppress

import numpy as np
import pytest

from dispersion import Instance, TracePoint
from solvers import Limits, Run, solve
from solvers.run import listening


@pytest.fixture
def instance() -> Instance:
    """Ten points, of which three are chosen."""
    return Instance.from_points(np.random.default_rng(0).random((10, 2)), 3)


@pytest.mark.parametrize("collecting", [True, False])
def test_no_garbage_is_looked_for_while_a_model_is_built(collecting, instance):
    """Afterwards, however building ends, it is as the user has it."""
    run = Run(instance, Limits(), "max-min")
    if not collecting:
        gc.disable()
    try:
        with suppress(KeyboardInterrupt), run.building():
            assert not gc.isenabled()
            raise KeyboardInterrupt
        assert gc.isenabled() is collecting
    finally:
        gc.enable()


def test_improvements_are_heard_as_they_come(instance: Instance) -> None:
    """Each is the last point of the trace when it is heard; what improves nothing is not told."""
    heard: list[TracePoint] = []
    with listening(lambda run: heard.append(run.trace[-1])):
        run = Run(instance, Limits(), "max-min")
    run.report_bound(2.0)
    assert len(heard) == 1
    run.report_bound(3.0)
    assert len(heard) == 1
    run.report_incumbent([0, 1, 2])
    run.report_incumbent([2, 1, 0])
    assert heard == run.trace
    assert len(heard) == 2


def test_listening_ends(instance: Instance) -> None:
    """With the block; inside, another may listen meanwhile."""
    outer, inner = list[str](), list[str]()
    with listening(lambda run: outer.append("heard")):
        with listening(lambda run: inner.append("heard")):
            solve(instance, "greedy")
        assert (outer, len(inner)) == ([], 2)
        solve(instance, "greedy")
    solve(instance, "greedy")
    assert (len(outer), len(inner)) == (2, 2)
