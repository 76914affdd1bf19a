"""What the tests of the command, the study and the report share."""

import importlib
import sys
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from dispersion import Instance
from dispersion.study.execution import worker_main as serving
from dispersion.study.rows import NetworkRow, SolveRow
from dispersion.study.task import Task
from solvers import Limits
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
def fit() -> Callable[[str, np.ndarray], np.ndarray]:
    """Turn any points into such as a metric takes: degrees, bits; equal ones stay equal."""

    def make(name: str, X: np.ndarray) -> np.ndarray:
        if name == "haversine":
            return 90.0 * np.sin(X[:, :2])
        return (X > 0).astype(float) if name in ("jaccard", "tanimoto") else X

    return make


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
        engine=None,
    )

    def make(**changes: Any) -> SolveRow:
        row = replace(usual, **changes)
        digest = row.instance_digest or f"digest of {row.instance}, p = {row.p}"
        return replace(row, instance_digest=digest)

    return make


@pytest.fixture(scope="session")
def instance() -> Instance:
    """Twelve points in the plane, of which four are chosen."""
    points = np.random.default_rng(0).random((12, 2))
    return Instance.from_points(points, 4, name="layer1")


@pytest.fixture(scope="session")
def task(instance: Instance) -> Callable[..., Task]:
    """Make tasks on the instance: ``task("greedy", seconds=2.0, seed=1)``."""

    def make(solver: str, on: Instance = instance, keep: float | None = 0.5, **limits: Any) -> Task:
        return Task(on, keep, solver, "max-min", Limits(**limits))

    return make


@pytest.fixture(scope="session")
def network_row() -> Callable[..., NetworkRow]:
    """Make rows of networks that differ from a usual one as told."""
    usual = NetworkRow(
        model="vgg16",
        method="clique",
        keep=0.5,
        seed=0,
        parameters=1000,
        macs=2000,
        weight_bytes=4000,
        accuracy_raw=0.25,
        accuracy_bn=0.5,
        accuracy_ls=None,
        accuracy_ft=None,
        speedup=None,
        surgery_seconds=0.1,
        evaluate_seconds=0.2,
    )
    return lambda **changes: replace(usual, **changes)
