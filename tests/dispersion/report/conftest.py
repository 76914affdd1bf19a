"""A small study for the tests of its report, as an object and as a folder."""

import dataclasses
import json
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from dispersion import Instance
from dispersion.study.folder.layers import keep_layers
from dispersion.study.folder.store import Store
from dispersion.study.rows import COLUMNS, AccuracyRow, NetworkRow, SolveRow, TraceRow
from dispersion.study.study import Study

NASTY = "<script>alert('x')</script> & \"quoted\" $\\frac{$"
LAYERS = ("layer1.conv", "layer2.conv", NASTY)
RUN = {
    "outcome": "complete",
    "options": {
        "subject": {"model": "resnet56", "keep": [0.5], "recover": ["bn"], "budget": []},
        "objective": "max-min",
        "solvers": ["greedy", "clique", "random"],
        "limits": {"seconds": 10.0, "threads": 1, "seed": 0},
        "out": "results/one",
        "jobs": 1,
    },
    "digests": {"weights_sha256": "ab12"},
    "seconds": {"solve": 1.5},
    "environment": {"python": "3.11.7", "cpu": NASTY, "packages": {"numpy": "2.0"}},
}


def _network_row(method: str, keep: float = 0.5, seed: int = 0, **changes: Any) -> NetworkRow:
    usual = NetworkRow("resnet56", method, keep, seed, 1000, 2000, 4000, 0.25, 0.5, *[None] * 5)
    return dataclasses.replace(usual, **changes)


def _accuracy_row(method: str, top1: float, seed: int = 0, **changes: Any) -> AccuracyRow:
    interval = (top1 - 0.05, top1 + 0.05)
    usual = AccuracyRow("resnet56", method, 0.5, seed, "bn", 200, top1, *interval, None, None, None)
    return dataclasses.replace(usual, **changes)


def _study(solve_row: Callable[..., SolveRow], **changes: Any) -> Study:
    greedy = {"solver": "greedy", "status": "feasible", "objective": 0.2, "bound": 0.4, "gap": 0.5}
    random = {"solver": "random", "status": "feasible", "objective": 0.1, "bound": None, "gap": None}
    solves = [
        solve_row(instance=name, n=8 + 4 * k, **more)
        for k, name in enumerate(LAYERS)
        for more in (greedy, {}, {**random, "seed": 0}, {**random, "seed": 1})
    ]
    usual = Study(
        name="one",
        solves=solves,
        networks=[
            _network_row("unpruned", 1.0, macs=4000, accuracy_raw=0.75, accuracy_bn=None),
            *(_network_row(method) for method in ("greedy", "clique", "l1")),
            *(_network_row("random", seed=seed) for seed in (0, 1)),
        ],
        accuracies=[
            _accuracy_row("unpruned", 0.75, keep=1.0, recovery="raw"),
            _accuracy_row("clique", 0.5),
            _accuracy_row("l1", 0.45),
            _accuracy_row("random", 0.25),
        ],
        traces=[
            TraceRow("k", "layer1.conv", 8, 4, "clique", 0, seconds, objective, bound)
            for seconds, objective, bound in ((0.5, 0.1, None), (1.0, 0.2, 0.4), (2.0, 0.3, 0.3))
        ],
        selections={
            f"{method}, keep 0.5, seed 0": {name: [0, 2, 4, 6] for name in LAYERS}
            for method in ("greedy", "clique", "l1", "random")
        },
        run=RUN,
    )
    return dataclasses.replace(usual, **changes)


def _write(study: Study, folder: Path) -> Path:
    """What the study would have left; ``layers.npz`` with kernels of the first layer."""
    rng = np.random.default_rng(0)
    store = Store(folder)
    sizes = dict(zip(LAYERS, (8, 12, 16), strict=True))
    instances = [Instance.from_points(rng.normal(size=(n, 5)), 4, name=x) for x, n in sizes.items()]
    keep_layers(store, instances, LAYERS[0], rng.normal(size=(8, 3, 3, 3)))
    for name, rows in (
        ("solves", study.solves),
        ("networks", study.networks),
        ("accuracies", study.accuracies),
    ):
        if rows:
            frame = pd.DataFrame(
                [dataclasses.asdict(row) for row in rows], columns=COLUMNS[type(rows[0])]
            )
            frame.to_csv(folder / f"{name}.csv", index=False)
    study.frame("traces").to_csv(folder / "traces.csv", index=False)
    (folder / "selections.json").write_text(json.dumps(study.selections))
    (folder / "run.json").write_text(json.dumps(study.run))
    return folder


@pytest.fixture(scope="session")
def solve_row(solve_row: Callable[..., SolveRow]) -> Callable[..., SolveRow]:
    """Make rows of solves that differ from a usual, proven one as told."""
    proven = {"objective": 0.3, "bound": 0.3, "gap": 0.0, "status": "optimal", "build_seconds": 0.5}
    return partial(solve_row, instance="layer1.conv", n=8, p=4, **proven)


@pytest.fixture(scope="session")
def accuracy_row() -> Callable[..., AccuracyRow]:
    """Make rows of accuracies: ``accuracy_row("clique", 0.5, images=100)``."""
    return _accuracy_row


@pytest.fixture(scope="session")
def make_study(solve_row: Callable[..., SolveRow]) -> Callable[..., Study]:
    """Make a study of three layers, one with a nasty name, that differs from a usual one as told."""
    return partial(_study, solve_row)


@pytest.fixture(scope="session")
def nasty() -> str:
    """A name that wants to be markup."""
    return NASTY


@pytest.fixture
def folder(make_study: Callable[..., Study], tmp_path: Path) -> Path:
    """The folder of the usual study."""
    return _write(make_study(), tmp_path / "one")


@pytest.fixture(scope="session")
def read_only_folder(
    make_study: Callable[..., Study], tmp_path_factory: pytest.TempPathFactory
) -> Path:
    """The same for tests that leave it as it is, with its ``report.html``."""
    from dispersion.report import write_report

    folder = _write(make_study(), tmp_path_factory.mktemp("study") / "one")
    write_report(folder)
    return folder
