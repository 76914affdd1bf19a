"""Tests of `solvers.maxmin.clique`: proofs that are harder than the brute-force table."""

from __future__ import annotations

import numpy as np
import pytest

from dispersion import Instance, Status
from solvers import solve

NORMALIZED = Instance.from_points(np.random.default_rng(2).normal(size=(120, 16)), 30, "normalized")


def test_the_bracket_tightens_while_the_proof_is_open():
    """Stopped before the proof, the trace holds ever better incumbents and bounds."""
    stopped = solve(NORMALIZED, "clique", time_limit=1.0)
    bounds = [point.bound for point in stopped.trace if point.bound is not None]
    objectives = [point.objective for point in stopped.trace if point.objective is not None]
    assert bounds == sorted(bounds, reverse=True)
    assert objectives == sorted(objectives)
    assert stopped.status in (Status.TIME_LIMIT, Status.OPTIMAL)
    assert stopped.bound >= stopped.objective


def test_an_interrupt_in_the_middle_keeps_the_bracket(monkeypatch):
    """Ctrl-C during the search returns what stands."""
    from solvers.prover.probe import Probe

    def interrupt(self, nodes, stop):
        raise KeyboardInterrupt

    monkeypatch.setattr(Probe, "search", interrupt)
    solution = solve(NORMALIZED, "clique")
    assert solution.status is Status.INTERRUPTED
    assert solution.selected is not None
    assert solution.bound > solution.objective


@pytest.mark.parametrize("p", [2, 3, 63, 64])
def test_extreme_p(p):
    """Two points, all points, and all but one."""
    instance = Instance.from_points(np.random.default_rng(0).normal(size=(64, 4)), p)
    solution = solve(instance, "clique")
    assert solution.status is Status.OPTIMAL
    if p == 2:
        assert solution.objective == instance.distances.max()
    if p == 64:
        assert solution.objective == instance.levels[0]
    if p == 63:  # leave out one end of the shortest distance
        i, j = np.argwhere(instance.distances == instance.levels[0])[0]
        rest = [np.delete(np.delete(instance.distances, k, 0), k, 1) for k in (i, j)]
        best = max(r[np.triu_indices(63, k=1)].min() for r in rest)
        assert solution.objective == best


def test_a_stopped_proof_always_has_a_bound():
    """Even where degrees and colours prove nothing, the longest distance is a bound."""
    rng = np.random.default_rng(0)
    upper = np.triu(rng.integers(1, 3, size=(300, 300)), k=1).astype(float)
    solution = solve(Instance(upper + upper.T, 14), "clique", time_limit=0.02)
    assert solution.bound is not None
    assert solution.bound >= solution.objective
