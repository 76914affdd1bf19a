"""How many layers of three trained networks does our prover prove, and how fast?"""

from __future__ import annotations

import os
from pathlib import Path

import numpy as np
import pytest
from pytest_benchmark.fixture import BenchmarkFixture

from benchmarks.questions import PROVES, group
from benchmarks.real_layers import (
    KEEPS,
    METRICS,
    NETWORKS,
    Row,
    cases,
    layers_of,
    solve_all,
    summary,
)
from benchmarks.rows import read_rows
from dispersion import InputError, UnavailableError
from pruning import FilterLayer
from solvers import Limits, prepare


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
    benchmark: BenchmarkFixture,
    layers: dict[str, list[FilterLayer]],
    full: bool,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """Quick: one layer of each size up to 256 at keep 0.25, 1 s each; full: all of them, 60 s each."""
    chosen, keeps, seconds = (layers, KEEPS, 60.0) if full else (one_of_each_size(layers), (0.25,), 1.0)
    todo = list(cases(chosen, METRICS, keeps))
    limits = Limits(seconds, threads=2)
    prepare("clique")
    benchmark.group = group(PROVES, f"{len(todo)} layers of three networks, clique alone")
    rows = benchmark.pedantic(lambda: list(solve_all(todo, "clique", limits)), rounds=1)
    benchmark.extra_info.update(summary(rows))
    with capsys.disabled():
        print(f"\n{benchmark.group}")
        for name, value in summary(rows).items():
            print(f"{name}: {value}" if name != "open" else "\n".join(["open:", *value]))
    assert len(rows) == len({row.digest for row in rows}) == len(todo)
    assert all(row.gap is not None for row in rows)


def toy_layers() -> dict[str, list[FilterLayer]]:
    """Three layers, two of them equal."""
    points = np.random.default_rng(0).normal(size=(3, 12, 4))
    points[2] = points[0]
    return {"toy": [FilterLayer(name, (name,), x) for name, x in zip("abc", points, strict=True)]}


def test_a_run_goes_on_where_it_was_killed(tmp_path: Path) -> None:
    """Whole lines are kept to the last bit, half a line is solved again, equal instances once."""
    path, limits = tmp_path / "new" / "real.csv", Limits(5.0)
    todo = list(cases(toy_layers(), ["euclidean", "normalized"], [0.25, 0.5]))
    assert [case.instance.name for case in todo] == ["a", "a", "b", "b"] * 2
    rows = list(solve_all(todo, "clique", limits, path))
    assert read_rows(path, Row) == rows
    path.write_bytes(path.read_bytes()[:-20])
    assert read_rows(path, Row) == rows[:-1]
    again = list(solve_all(todo, "clique", limits, path))
    assert again[:-1] == rows[:-1]
    assert again[-1].objective == rows[-1].objective
    assert read_rows(path, Row) == again
    assert summary(again)["proven"] == summary(again)["instances"] == 8


def test_open_instances_are_tried_again_under_a_longer_limit(tmp_path: Path) -> None:
    """An instance without proof is solved again if more time is allowed; the last row counts."""
    path, (case, *_) = tmp_path / "real.csv", cases(toy_layers(), ["euclidean"], [0.5])
    for seconds, lines in ((1.0, 1), (1.0, 1), (2.0, 2), (1.0, 2)):
        (row,) = solve_all([case], "tabu", Limits(seconds), path)
        assert row.bound is None
        assert len(read_rows(path, Row)) == lines
    assert row.limit == 2.0


@pytest.mark.parametrize("content", ["precious", "a,b\n1,2\n"])
def test_other_files_are_left_alone(content: str, tmp_path: Path) -> None:
    """A file of something else is refused and not touched."""
    path = tmp_path / "mine.csv"
    path.write_text(content)
    with pytest.raises(InputError, match="name another file"):
        read_rows(path, Row)
    assert path.read_text() == content
