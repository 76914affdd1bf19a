"""What the tests of the command, the study and the report share."""

import importlib
import sys
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from dispersion.study import serving
from dispersion.study.tasks import SolveRow
from solvers.registration import registry as solvers


@pytest.fixture
def fakes(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Register the solvers of ``study/fakes``, here and in every worker started meanwhile."""
    monkeypatch.syspath_prepend(Path(__file__).parent / "study" / "fakes")  # workers inherit it
    list(solvers)  # the real ones are found first, so that the fakes leave with the copy
    monkeypatch.setattr(solvers, "_entries", dict(solvers._entries))
    module = importlib.import_module("fake_solvers")
    monkeypatch.setattr(serving, "serve", module.serve)
    yield
    del sys.modules["fake_solvers"]


@pytest.fixture(scope="session")
def solve_row() -> Callable[..., SolveRow]:
    """Make rows of solves that differ from a usual one as told."""
    usual = SolveRow(
        instance="features.0",
        n=64,
        p=32,
        keep=0.5,
        metric="euclidean",
        objective_name="max-min",
        solver="clique",
        objective=0.1 + 0.2,  # not 0.3: the last bit must survive
        bound=0.75,
        gap=0.6,
        status="time_limit",
        build_seconds=0.25,
        solve_seconds=1.5,
        seed=0,
        threads=1,
        time_limit=10.0,
        random_mean=0.1,
        random_best=0.2,
        published=None,
        message="",
        instance_digest="",
        key="cd34",
        shared=False,
    )

    def make(**changes: Any) -> SolveRow:
        row = replace(usual, **changes)
        digest = row.instance_digest or f"digest of {row.instance}, p = {row.p}"
        return replace(row, instance_digest=digest)

    return make
