"""Benchmarks run when asked for: `pytest --benchmark-only`, or by naming this folder."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from pytest_benchmark.fixture import BenchmarkFixture

from benchmarks.machine import differences, machine_info
from benchmarks.peers import presence
from benchmarks.questions import QUESTIONS
from dispersion import InputError, Instance, Solution, UnavailableError
from solvers import prepare, solve

if TYPE_CHECKING:
    from pruning import FilterLayer

ANSWERS = pytest.StashKey[list[tuple[str, Solution]]]()
DIFFERENCES = pytest.StashKey[list[str]]()


def pytest_addoption(parser: pytest.Parser) -> None:
    """Offer ``--profile``."""
    parser.addoption(
        "--profile",
        choices=("smoke", "quick", "full"),
        default="quick",
        help="quick: small instances and one layer of each size, 2 s a solve; full: everything, 60 s; "
        "smoke: of quick one run of each benchmark, to see that they work (default: quick)",
    )


def _asked_for(config: pytest.Config) -> bool:
    """Whether this run is one of benchmarks."""
    named = any("benchmarks" in argument for argument in config.args) and config.args != (
        config.getini("testpaths")
    )
    return bool(config.getoption("benchmark_only")) or named


def pytest_ignore_collect(collection_path: Path, config: pytest.Config) -> bool | None:
    """Leave the benchmarks out of a plain `pytest`."""
    return None if _asked_for(config) else True


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Of every benchmark keep what is asked about first, if one is enough."""
    if config.getoption("--profile") != "smoke":
        return
    first = {(item.path, getattr(item, "originalname", item.name)): item for item in reversed(items)}
    kept = set(map(id, first.values()))
    config.hook.pytest_deselected(items=[item for item in items if id(item) not in kept])
    items[:] = [item for item in items if id(item) in kept]


def pytest_configure(config: pytest.Config) -> None:
    """Make room for the answers."""
    config.stash[ANSWERS] = []


def pytest_report_header(config: pytest.Config) -> str | None:
    """Say which peers are there and which are absent."""
    return presence() if _asked_for(config) else None


def pytest_benchmark_generate_machine_info(config: pytest.Config) -> dict[str, object]:
    """What is kept with the results, beside the commit."""
    return machine_info(config.getoption("--profile"))


@pytest.hookimpl(tryfirst=True)
def pytest_benchmark_compare_machine_info(
    config: pytest.Config, machine_info: dict[str, object], compared_benchmark: dict[str, Any]
) -> None:
    """Note for the summary what differs; the plugin would warn, which is an error in these tests."""
    config.stash[DIFFERENCES] = differences(machine_info, compared_benchmark["machine_info"])
    compared_benchmark["machine_info"] = machine_info


@pytest.fixture(autouse=True)
def _asks_a_question(request: pytest.FixtureRequest) -> Iterator[None]:
    """Every benchmark belongs to a group that is named by its question."""
    if "benchmark" not in request.fixturenames:
        yield
        return
    benchmark = request.getfixturevalue("benchmark")
    yield
    group = benchmark.group  # none yet where the test was skipped
    assert group is None or group.startswith(QUESTIONS), f"no question asks about {group!r}"


@pytest.fixture
def answers(request: pytest.FixtureRequest) -> list[tuple[str, Solution]]:
    """Where a benchmark leaves (group, solution) for the table of answers below the times."""
    return request.config.stash[ANSWERS]


@pytest.fixture
def timed_solve(
    benchmark: BenchmarkFixture, answers: list[tuple[str, Solution]]
) -> Callable[..., Solution]:
    """Time one solver on one instance: ``timed_solve(group, instance, "clique", 2.0)``.

    Objective, bound, gap and status go into ``extra_info``; it skips where the solver does not take the
    instance.
    """

    def run(
        asked: str,
        instance: Instance,
        solver: str,
        seconds: float,
        objective: str = "max-min",
        threads: int = 1,
        rounds: int = 1,
    ) -> Solution:
        benchmark.group = asked
        prepare(solver, objective)
        limits = {"objective": objective, "time_limit": seconds, "threads": threads}
        try:
            solution: Solution = benchmark.pedantic(
                solve,
                args=(instance, solver),
                kwargs=limits,
                rounds=rounds,
                warmup_rounds=int(rounds > 1),
            )
        except InputError as error:
            pytest.skip(str(error))
        benchmark.extra_info.update(
            objective=solution.objective,
            bound=solution.bound,
            gap=solution.gap,
            status=solution.status.value,
            message=solution.message,
            build_seconds=solution.build_seconds,
        )
        answers.append((asked, solution))
        assert solution.objective is not None
        return solution

    return run


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    """Print what was found beside how long it took, and how far times can be compared."""
    for line in config.stash.get(DIFFERENCES, []):
        terminalreporter.write_line(f"compared with a run that differs: {line}", yellow=True)
    rows = config.stash[ANSWERS]
    if not rows:
        return
    terminalreporter.section("answers; gap = (bound - objective) / bound")
    for group, solution in sorted(rows, key=lambda row: row[0]):
        gap = "no bound" if solution.gap is None else f"gap {solution.gap:.2%}"
        terminalreporter.write_line(
            f"{group:58} {solution.solver:11} {solution.objective!r:22} {gap:12} "
            f"{solution.status.value}"
        )


@pytest.fixture(scope="session")
def full(request: pytest.FixtureRequest) -> bool:
    """Whether the full profile was asked for."""
    return bool(request.config.getoption("--profile") == "full")


@pytest.fixture(scope="session")
def vgg16_filters() -> list[FilterLayer]:
    """The filters of the 13 layers of the trained VGG16."""
    from pruning import filter_layers, load_network

    try:
        return filter_layers(load_network("vgg16"))
    except UnavailableError as error:
        if os.environ.get("CI") == "true":
            raise
        pytest.skip(str(error))


@pytest.fixture(scope="session")
def vgg16_layers(vgg16_filters: list[FilterLayer]) -> dict[str, Instance]:
    """These layers as Euclidean instances with p = 2, by name."""
    return {
        layer.name: Instance.from_points(layer.points, 2, name=layer.name) for layer in vgg16_filters
    }
