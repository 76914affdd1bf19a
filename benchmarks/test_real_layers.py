"""How many layers of three trained networks does our prover prove, and how fast?"""

from __future__ import annotations

import os
from pathlib import Path

import numpy as np
import pytest
from pytest_benchmark.fixture import BenchmarkFixture

from benchmarks import real_layers
from benchmarks.questions import PROVES, group
from benchmarks.real_layers import KEEPS, METRICS, NETWORKS, instances_of, layers_of
from dispersion import Status, UnavailableError
from pruning import FilterLayer
from solvers import prepare, solve


@pytest.fixture(scope="module")
def layers() -> dict[str, list[FilterLayer]]:
    """Every layer of the three networks."""
    try:
        return layers_of(NETWORKS)
    except UnavailableError as error:
        if os.environ.get("CI") == "true":
            raise
        pytest.skip(str(error))


def one_of_each_size(layers: dict[str, list[FilterLayer]]) -> dict[str, list[FilterLayer]]:
    """The first layer of each number of filters up to 256."""
    sizes = {
        name: {len(layer.points): layer for layer in reversed(found)} for name, found in layers.items()
    }
    return {name: [layer for n, layer in by_n.items() if n <= 256] for name, by_n in sizes.items()}


def test_clique_on_real_layers(
    benchmark: BenchmarkFixture, layers: dict[str, list[FilterLayer]], full: bool
) -> None:
    """Quick: one layer of each size up to 256 at keep 0.25, 1 s each; full: all of them, 60 s each."""
    chosen, keeps, seconds = (layers, KEEPS, 60.0) if full else (one_of_each_size(layers), (0.25,), 1.0)
    todo = instances_of(chosen, METRICS, keeps)
    prepare("clique")
    benchmark.group = group(PROVES, f"{len(todo)} layers of three networks, clique alone")
    solutions = benchmark.pedantic(
        lambda: [solve(one, "clique", time_limit=seconds, threads=2) for one in todo], rounds=1
    )
    proven = sum(one.status is Status.OPTIMAL for one in solutions)
    benchmark.extra_info.update(instances=len(todo), proven=proven)
    assert len({one.digest for one in todo}) == len(todo)
    assert all(one.gap is not None for one in solutions)


def toy_layers() -> dict[str, list[FilterLayer]]:
    """Three layers, two of them equal."""
    points = np.random.default_rng(0).normal(size=(3, 12, 4))
    points[2] = points[0]
    return {"toy": [FilterLayer(name, (name,), x) for name, x in zip("abc", points, strict=True)]}


def test_the_script_resumes_and_counts(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Equal instances are solved once, and none again; what stays open is named with its gap."""
    monkeypatch.setattr(real_layers, "layers_of", lambda _: toy_layers())
    asked = ["--out", str(tmp_path / "real"), "--metrics", "euclidean", "normalized", "--limit", "20"]
    asked += ["--keep", "0.25", "0.5"]
    assert real_layers.main(asked) == 0
    first = capsys.readouterr().out
    assert first.startswith("instances: 8\nproven: 8\nshare_proven: 1.0\nseconds: ")
    assert "toy euclidean: 4 of 4 proven" in first
    assert real_layers.main(asked) == 0
    assert capsys.readouterr().out == first  # seconds too: they were read
    open_ones = [*asked[:1], str(tmp_path / "open"), *asked[2:], "--solver", "tabu"]
    assert real_layers.main(open_ones) == 0
    assert "toy/normalized/b (n = 12, p = 6): feasible, no bound" in capsys.readouterr().out
    assert real_layers.main([*asked, "--solver", "cliqe"]) == 2
    assert capsys.readouterr().err.startswith("error: ")
