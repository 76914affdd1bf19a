"""What the tests of the command share: a way to run it, and untrained weights."""

import json
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
import torch
from matplotlib.figure import Figure
from PIL import Image
from safetensors.torch import save_file

from dispersion.compare import main
from dispersion.study.execution import solving
from dispersion.study.task import Task
from pruning.zoo.architecture import ArchitectureSource
from pruning.zoo.networks import networks
from pruning.zoo.networks.resnet import CifarResNet
from solvers import solve

FIRST = "layer1.0.conv1"  # 16 filters


EVERYTHING = [
    "accuracies.csv",
    "accuracies.parquet",
    "accuracy-against-macs.png",
    "gap-against-time.png",
    "journal.jsonl",
    "layers.npz",
    "log.txt",
    "networks.csv",
    "networks.parquet",
    "refutations.json",
    "report.html",
    "run.json",
    "selections.json",
    "solves.csv",
    "solves.parquet",
    "study.toml",
    "traces.csv",
    "traces.parquet",
]


@dataclass(frozen=True)
class Done:
    """What a run left: its exit code, its two streams, and its folder."""

    code: int
    out: str
    err: str
    folder: Path

    @property
    def files(self) -> list[str]:
        """Names of the files in its folder."""
        return sorted(path.name for path in self.folder.iterdir() if path.name[0] != ".")

    @property
    def record(self) -> dict[str, Any]:
        """The content of ``run.json``."""
        return dict(json.loads((self.folder / "run.json").read_text()))

    def table(self, name: str) -> pd.DataFrame:
        """The rows of ``name.parquet``."""
        return pd.read_parquet(self.folder / f"{name}.parquet")


@pytest.fixture(autouse=True)
def _offline(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing is fetched, nothing is cached, and default folders are made where nobody minds."""
    if request.node.get_closest_marker("real") is None:
        monkeypatch.setenv("P_DISPERSION_OFFLINE", "1")
        monkeypatch.setenv("P_DISPERSION_CACHE", str(tmp_path / "cache"))
        monkeypatch.chdir(tmp_path)


@pytest.fixture(scope="module", autouse=True)
def _one_thread() -> Iterator[None]:
    """Networks run on one thread: on a busy machine several wait for each other at every step."""
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(before)


@pytest.fixture(scope="module", autouse=True)
def _resnet8() -> Iterator[None]:
    """Register a ResNet-8: the command does with it what it does with deeper ones, only sooner."""
    networks.add("resnet8", ArchitectureSource("resnet8", partial(CifarResNet, 8), "linear.bias"))
    yield
    del networks._entries["resnet8"]


@pytest.fixture
def drawn() -> None:
    """Asked for by tests that look at pictures."""


@pytest.fixture(autouse=True)
def _blank(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Pictures are empty, which takes two thirds of a command's time, unless they are looked at."""

    def save(figure: Figure, file: Any, *, format: str, **_: Any) -> None:  # noqa: A002
        if format == "svg":
            file.write('<svg xmlns="http://www.w3.org/2000/svg" width="1" height="1"/>')
        else:
            Image.new("RGB", (1, 1)).save(file, format)

    if "drawn" not in request.fixturenames:
        monkeypatch.setattr(Figure, "savefig", save)


@pytest.fixture(scope="session")
def weights(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A checkpoint of a ResNet-8 that was never trained."""
    torch.manual_seed(0)
    path = tmp_path_factory.mktemp("weights") / "resnet8.safetensors"
    save_file(CifarResNet(depth=8).state_dict(), path)
    return path


def _write_images(folder: Path, side: int = 32, classes: int = 10, each: int = 1) -> Path:
    """A data set of the user's: coloured noise, `each` a class, in train and in test."""
    rng = np.random.default_rng(0)
    for split in ("train", "test"):
        for label in range(classes):
            (folder / split / f"class{label:02}").mkdir(parents=True)
            for k in range(each):
                pixels = rng.integers(0, 256, size=(side, side, 3), dtype=np.uint8)
                Image.fromarray(pixels).save(folder / split / f"class{label:02}" / f"{k}.png")
    return folder


@pytest.fixture(scope="session")
def write_images() -> Callable[..., Path]:
    """Write a data set of the user's: ``write_images(folder, side=32, classes=10, each=1)``."""
    return _write_images


@pytest.fixture(scope="session")
def done() -> type[Done]:
    """Look at what a run left: ``done(code, out, err, folder)``."""
    return Done


@pytest.fixture(scope="session")
def everything() -> list[str]:
    """Names of the files that a whole run with images leaves."""
    return EVERYTHING


@pytest.fixture
def run(weights: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Callable[..., Done]:
    """Run the command in this process, on one small layer of the untrained network unless told."""
    usual = ["--model", "resnet8", "--weights", str(weights), "--layers", FIRST, "--jobs", "1"]

    def call(*arguments: object, plain: bool = False) -> Done:
        folder = tmp_path / "out"
        given = [] if plain else [*usual, "--out", str(folder)]
        code = main([*given, *map(str, arguments)])
        out, err = capsys.readouterr()
        return Done(code, out, err, folder)

    return call


class Inline:
    """An executor that solves in this process."""

    shared = False

    def solve(self, tasks: Iterable[tuple[int, Task]]) -> Iterator[tuple[int, Any]]:
        """Solve one after the other."""
        for k, task in tasks:
            limits = task.limits
            yield (
                k,
                solve(
                    task.instance,
                    task.solver,
                    objective=task.objective_name,
                    time_limit=limits.seconds,
                    seed=limits.seed,
                ),
            )

    def close(self) -> None:
        """Nothing."""


@pytest.fixture
def _inline(monkeypatch: pytest.MonkeyPatch) -> None:
    """Solve in this process; for tests of what happens before or after."""
    monkeypatch.setattr(solving, "executor_of", lambda *_: Inline())
