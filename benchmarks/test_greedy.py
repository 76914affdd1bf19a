"""How fast is farthest-point insertion, on a matrix and on points, beside the peers?"""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from pytest_benchmark.fixture import BenchmarkFixture

from benchmarks.peers import FPSAMPLE, FPSAMPLE_BUCKETS, RDKIT, Pick
from benchmarks.questions import PEERS, group
from dispersion import Instance
from solvers import farthest_from_points, prepare, solve
from solvers.ranks.start import farthest_points, longest_end

BUCKETS_MOST = 8  # coordinates the k-d tree of fpsample takes


@cache
def _instance(n: int) -> Instance:
    """Random points of the plane; ties broken alike by everybody."""
    return Instance.from_points(np.random.default_rng(0).random((n, 2)), 2)


def _smallest(distances: NDArray[Any], selected: NDArray[np.intp]) -> float:
    chosen = distances[np.ix_(selected, selected)]
    return float(chosen[np.triu_indices(len(selected), k=1)].min())


def _on_matrix(method: str, instance: Instance) -> Pick:
    distances, p = instance.distances, instance.p
    if method == "rdkit":
        return RDKIT.or_skip().ready(distances, p, 0.0)
    if method == "solve":
        return lambda: np.asarray(solve(instance, "greedy").selected)
    if method == "kernel":
        start = longest_end(distances)
        return lambda: farthest_points(distances, start, p)
    return lambda: farthest_points(distances, longest_end(distances), p)


@pytest.mark.parametrize("method", ["kernel", "start and kernel", "solve", "rdkit"])
@pytest.mark.parametrize("share", [2, 4, 10])
@pytest.mark.parametrize("n", [512, 2048, 4096])
def test_matrix(benchmark: BenchmarkFixture, full: bool, n: int, share: int, method: str) -> None:
    """``kernel`` and ``rdkit`` are told the first point; ``solve`` also checks what it reports."""
    if not full and share != 4:
        pytest.skip("in the full profile only")
    instance = _instance(n).with_p(n // share)
    benchmark.group = group(PEERS, f"greedy on a matrix, n = {n}, p = {instance.p}")
    prepare("greedy")
    pick = _on_matrix(method, instance)
    selected = benchmark.pedantic(pick, rounds=5, warmup_rounds=1)
    value = _smallest(instance.distances, selected)
    benchmark.extra_info.update(objective=value, method=method)
    ours = farthest_points(instance.distances, longest_end(instance.distances), instance.p)
    assert value == _smallest(instance.distances, ours)


def _on_points(method: str, points: NDArray[np.float32], p: int) -> Pick:
    threads = 2 if method.endswith("2 threads") else 1
    if method.startswith("ours"):
        return lambda: farthest_from_points(points, p, start=0, threads=threads)
    peer = FPSAMPLE_BUCKETS if method == FPSAMPLE_BUCKETS.name else FPSAMPLE
    return peer.or_skip().ready(points, p, 0.0)


def _cloud(kind: str, n: int, d: int) -> NDArray[np.float32]:
    """Gaussian points, or their directions: the easy and the hard case of lazy evaluation."""
    points = np.random.default_rng(0).standard_normal((n, d), dtype=np.float32)
    if kind == "sphere":
        points /= np.linalg.norm(points, axis=1, keepdims=True)
    return points


def _peak_megabytes() -> float:
    """The most memory this process ever held; `getrusage` would count what its parent held."""
    status = Path("/proc/self/status").read_text()
    return int(status.split("VmHWM:")[1].split()[0]) / 1024


def _extra_megabytes(method: str, n: int, d: int, p: int) -> float:
    """How far the peak of a process of its own rises above points and imports."""
    code = (
        "from benchmarks.test_greedy import _cloud, _on_points, _peak_megabytes;"
        f"_on_points({method!r}, _cloud('gaussian', 1000, {d}), 10)();"
        f"points = _cloud('gaussian', {n}, {d}); pick = _on_points({method!r}, points, {p});"
        "before = _peak_megabytes(); pick(); print(_peak_megabytes() - before)"
    )
    root = Path(__file__).parent.parent
    command = [sys.executable, "-c", code]
    done = subprocess.run(command, cwd=root, capture_output=True, text=True, check=True)
    return float(done.stdout)


@pytest.mark.parametrize("method", ["ours", "ours, 2 threads", FPSAMPLE.name, FPSAMPLE_BUCKETS.name])
@pytest.mark.parametrize(
    ("kind", "n", "d", "p"),
    [
        ("gaussian", 100_000, 3, 100),
        ("gaussian", 100_000, 3, 1000),
        ("gaussian", 100_000, 64, 100),
        ("sphere", 100_000, 64, 100),
        ("gaussian", 1_000_000, 64, 100),
        ("sphere", 1_000_000, 64, 100),
    ],
)
def test_points(
    benchmark: BenchmarkFixture, full: bool, kind: str, n: int, d: int, p: int, method: str
) -> None:
    """float32 points, first point given; in the full profile with the peak of memory."""
    if not full and n > 100_000:
        pytest.skip("in the full profile only")
    if method == FPSAMPLE_BUCKETS.name and d > BUCKETS_MOST:
        pytest.skip(f"its k-d tree takes at most {BUCKETS_MOST} coordinates")
    benchmark.group = group(PEERS, f"greedy on points, {kind}, n = {n}, d = {d}, p = {p}")
    pick: Callable[[], Any] = _on_points(method, _cloud(kind, n, d), p)
    selected = benchmark.pedantic(pick, rounds=3, warmup_rounds=1)
    assert len(np.unique(selected)) == p
    if full and sys.platform == "linux":
        benchmark.extra_info["extra_megabytes"] = _extra_megabytes(method, n, d, p)
