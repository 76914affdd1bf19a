"""What the journal says of a solve or a network is what happened, to the last bit."""

import dataclasses
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from dispersion import Instance
from dispersion.random_baseline import RandomValues
from dispersion.study.execution.worker_main import failure
from dispersion.study.folder.entries import Entries
from dispersion.study.folder.journal_entries import NetworkEntry, SelectionEntry, SolveEntry
from dispersion.study.folder.store import Store
from dispersion.study.rows import AccuracyRow, NetworkRow, SolveRows
from dispersion.study.selections import Method
from dispersion.study.task import Task
from solvers import solve

Tasks = Callable[..., Task]
RANDOM = RandomValues(0.1, 0.2)


@pytest.fixture
def record(task: Tasks, instance: Instance) -> Callable[..., SolveEntry]:
    """Entries of real solves: ``record("greedy", place=3)``."""

    def make(solver: str, place: int = 0, **how: Any) -> SolveEntry:
        asked = task(solver, **how)
        solution = solve(asked.instance, solver, seed=asked.limits.seed)
        return SolveEntry(SolveRows([asked]).row(asked, solution, shared=True), solution, place)

    return make


@pytest.fixture
def tested(network_row: Callable[..., NetworkRow]) -> Callable[..., NetworkEntry]:
    """Entries of tested networks: ``tested("greedy", conditions="full")``."""

    def make(method: str, place: int = 0, key: str = "ab", conditions: str = "usual") -> NetworkEntry:
        row = network_row(method=method)
        accuracy = AccuracyRow("vgg16", method, 0.5, 0, "raw", 10, 0.5, 0.2, 0.8, None, None, None)
        return NetworkEntry(key, conditions, place, row, [accuracy])

    return make


def through_json(content: dict[str, Any]) -> dict[str, Any]:
    return dict(json.loads(json.dumps(content)))


@pytest.mark.parametrize("solver", ["clique", "greedy", "random", "cp-sat"])
def test_solves_come_back(solver: str, record: Callable[..., SolveEntry]) -> None:
    """Row, selection, trace, refutations and place, of every kind of solver."""
    made = record(solver, place=7, seed=3)
    again = SolveEntry.of_json(through_json(made.as_json()))
    assert (again.row, again.place, again.named) == (made.row, 7, made.named)
    for field in dataclasses.fields(made.solution):
        one, other = (getattr(record.solution, field.name) for record in (made, again))
        if isinstance(one, np.ndarray):
            assert one.dtype == other.dtype
            one, other = one.tolist(), other.tolist()
        assert one == other, field.name
    assert made.solution.trace
    assert [(r.key, r.seconds, r.objective, r.bound) for r in again.trace_rows] == [
        (made.row.key, p.seconds, p.objective, p.bound) for p in made.solution.trace
    ]


def test_failures_come_back(task: Tasks) -> None:
    """A solve without an answer is one that failed, be it killed for its time or broken."""
    for message, failed in (("killed: no answer after 3 s", True), ("RuntimeError: no", True)):
        asked = task("clique")
        solution = failure(asked, message, 3.0)
        made = SolveEntry(SolveRows([asked]).row(asked, solution), solution, 0)
        again = SolveEntry.of_json(through_json(made.as_json()))
        assert (again.row, again.solution.selected, again.failed) == (made.row, None, failed)


def test_an_honest_time_out_has_not_failed(record: Callable[..., SolveEntry]) -> None:
    """Whoever stopped at the limit by itself gave its answer."""
    assert not record("greedy").failed


def test_networks_come_back_under_another_name(tested: Callable[..., NetworkEntry]) -> None:
    """A network that two methods make is tested once and has a line for each."""
    made = tested("greedy", place=2)
    assert NetworkEntry.of_json(through_json(made.as_json())) == made
    other = made.by(Method("l1", 0.5, None, 4), place=5)
    assert (other.row.method, other.row.seed, other.accuracies[0].method, other.place) == (
        "l1",
        4,
        "l1",
        5,
    )
    assert dataclasses.replace(other.row, method="greedy", seed=0) == made.row


def test_the_later_is_meant(
    record: Callable[..., SolveEntry], tested: Callable[..., NetworkEntry]
) -> None:
    """Said twice, the second counts; solves are in the order of their tasks."""
    records = Entries()
    first, second = record("greedy", place=1), record("random", place=0)
    moved = dataclasses.replace(first, place=5)
    records.add([one.as_json() for one in (first, second, moved)])
    assert [(one.row.solver, one.place) for one in records.solves_in_order()] == [
        ("random", 0),
        ("greedy", 5),
    ]
    networks = [tested("l1"), tested("l2", 1, "cd"), tested("l1", 0, "ab", "few images")]
    records.add([one.as_json() for one in networks])
    assert records.tested("usual", "cd") == networks[1]
    assert records.tested("few images", "cd") is None
    assert records.networks_in_order() == [networks[2]]  # the others are of other conditions
    records.add(
        [{"kind": "selection", "method": "l1", "kept": {"a": [1]}}, {"kind": "of a later version"}]
    )
    assert records.selections == {"l1": SelectionEntry("l1", {"a": [1]})}


def test_networks_that_are_shown_are_those_asked_for_last(
    tmp_path: Path, tested: Callable[..., NetworkEntry]
) -> None:
    """Even where all that was asked for last was known, and nothing is tested again."""
    study_log = Store(tmp_path / "out").study_log
    usual, few = tested("l1"), tested("l1", 0, "ab", "few images")
    for one in (usual, few, usual, usual):
        study_log.keep_network(one)
    again = Store(tmp_path / "out").study_log
    assert again.entries.networks_in_order() == [usual]
    assert len(again.journal.path.read_text().splitlines()) == 3


def test_rows_of_other_versions_are_read(record: Callable[..., SolveEntry]) -> None:
    """A column that was not there yet is absent, one that is here no longer is left out."""
    made = record("greedy").as_json()
    for name in ("shared", "repeat", "parameters", "dimension"):
        del made["row"][name]
    made["row"]["colour"] = "blue"
    again = SolveEntry.of_json(through_json(made))
    assert again.row == dataclasses.replace(
        record("greedy").row,
        shared=None,
        dimension=None,
        **{name: getattr(again.row, name) for name in ("build_seconds", "solve_seconds")},
    )
