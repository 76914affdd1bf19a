"""Parts of the prover can be left out, and what is proven stays the same."""

from __future__ import annotations

import numpy as np
import pytest

from dispersion import Instance, Status
from dispersion.errors import UnknownNameError
from solvers import solve
from solvers.prover import tighten

PLANE = Instance.from_points(np.random.default_rng(4).random((45, 2)), 11)
FILTERS = Instance.from_points(np.random.default_rng(2).normal(size=(240, 16)), 60, "normalized")


def test_theta_functions_may_be_left_out(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where they are used otherwise; the answer stays an interval that holds."""

    def fail(*_: object) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr(tighten, "Theta", fail)
    with pytest.raises(ZeroDivisionError):
        solve(FILTERS, "clique", time_limit=5)
    without = solve(FILTERS, "clique:theta=off", time_limit=1)
    assert without.objective is not None
    assert without.bound is not None
    assert without.objective <= without.bound


def test_an_unknown_way_is_one_sentence() -> None:
    """It names the nearest."""
    with pytest.raises(UnknownNameError, match="unknown branching 'cluster'; did you mean clusters"):
        solve(PLANE, "clique:branching=cluster")
    assert solve(PLANE, "clique:branching=points,theta=off").status is Status.OPTIMAL
