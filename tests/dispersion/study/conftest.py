"""Rows, instances and tasks for the tests of the study."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from dispersion import Instance
from dispersion.study.tasks import NetworkRow, Task
from solvers import Limits


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
