"""Which value does each heuristic reach in equal time, on instances made like those of MDPLIB?

Uniform points in [0, 100]^d ("Geo") and uniform whole numbers without geometry ("Ran").  The peer is
max-div, a local search for diversity problems, from the extra `peers`.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator

import numpy as np
import pytest
from pytest_benchmark.fixture import BenchmarkFixture

from benchmarks.questions import FINDS, group
from dispersion import Instance
from dispersion.objectives import objectives
from solvers import prepare, solve

OURS = ("greedy", "tabu", "grasp")
PEER = "max-div"
QUICK = (("Geo", 250, 25, 2), ("Geo", 500, 150, 10), ("Ran", 250, 75, 0))
FULL = (
    ("Geo", 100, 30, 5),
    ("Geo", 500, 50, 2),
    ("Geo", 1000, 15, 2),
    ("Geo", 1000, 100, 10),
    ("Geo", 2000, 20, 2),
    ("Geo", 2000, 600, 5),
    ("Ran", 500, 50, 0),
    ("Ran", 1000, 100, 0),
)
Reached = dict[str, dict[str, float]]


def _instance(family: str, n: int, p: int, d: int) -> Instance:
    """One instance a name, the same on every machine."""
    rng = np.random.default_rng([n, p, d])
    name = f"{family} n = {n}, p = {p}" + (f", d = {d}" if d else "")
    if family == "Geo":
        return Instance.from_points(rng.uniform(0.0, 100.0, size=(n, d)), p, name=name)
    upper = np.triu(rng.integers(50, 101, size=(n, n)), k=1)
    return Instance(upper + upper.T, p, name=name)


def _max_div() -> Callable[[Instance, float], float]:
    """The peer as a function of an instance and seconds, compiled; or skip."""
    peer = pytest.importorskip("max_div", reason="max-div is missing; install the extra `peers`")

    def reach(instance: Instance, seconds: float) -> float:
        problem = peer.MaxDivProblem.from_distances(
            np.array(instance.distances, dtype=np.float32),  # what it computes with
            instance.p,
            diversity_metric=peer.DiversityMetric.MIN_SEPARATION,
        )
        builder = peer.MaxDivSolverBuilder(problem).with_seed(0).with_preset(peer.seconds(seconds))
        selected = np.asarray(builder.build().solve(peer.Verbosity.SILENT).i_selected)
        return objectives["max-min"].value(instance.distances, selected)

    reach(_instance("Geo", 50, 10, 2), 0.1)
    return reach


def _ours(name: str) -> Callable[[Instance, float], float]:
    """One of our solvers in the same form."""
    prepare(name)

    def reach(instance: Instance, seconds: float) -> float:
        objective = solve(instance, name, time_limit=seconds).objective
        assert objective is not None
        return objective

    return reach


@pytest.fixture(scope="module")
def reached(request: pytest.FixtureRequest) -> Iterator[Reached]:
    """Value by instance and method; printed beside the best when all are done."""
    values: Reached = defaultdict(dict)
    yield values
    capture = request.config.pluginmanager.get_plugin("capturemanager")
    assert capture is not None
    with capture.global_and_fixture_disabled():
        for name, by_method in values.items():
            best = max(by_method.values())
            shares = (f"{method} {value / best:7.2%}" for method, value in by_method.items())
            print(f"\n{name:28} best {best:10.4f}   " + "   ".join(shares), end="")


@pytest.mark.parametrize("method", [*OURS, PEER])
@pytest.mark.parametrize("made", [*QUICK, *FULL], ids=lambda made: "-".join(map(str, made)))
def test_value_in_equal_time(
    benchmark: BenchmarkFixture,
    full: bool,
    reached: Reached,
    made: tuple[str, int, int, int],
    method: str,
) -> None:
    """At most 2 s each (full: 10 s), one thread; ours stop earlier once they are stalled."""
    if not full and made not in QUICK:
        pytest.skip("in the full profile only")
    reach = _max_div() if method == PEER else _ours(method)
    instance = _instance(*made)
    benchmark.group = group(FINDS, instance.name)
    value = benchmark.pedantic(reach, args=(instance, 10.0 if full else 2.0), rounds=1)
    benchmark.extra_info.update(method=method, objective=value)
    reached[instance.name][method] = value
    assert value > 0
