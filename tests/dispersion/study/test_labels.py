"""Instances that share a name stay apart: in what is compared, and on the page."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from dispersion import Instance
from dispersion.library.known import Known
from dispersion.study.analysis.cross_check import cross_check
from dispersion.study.analysis.profiles import by_question, performance_profiles, value_ratios
from dispersion.study.folder.layers import keep_layers, read_layers
from dispersion.study.folder.store import Store
from dispersion.study.labels import instances_apart, rows_apart, tasks_apart
from dispersion.study.plots.values import values_by_instance
from dispersion.study.rows import SolveRow
from dispersion.study.selections import selections
from dispersion.study.tables import solve_cells, summary_cells, value_cells
from dispersion.study.task import Task
from solvers import Limits, solve

COUNT = 20


@pytest.fixture(scope="module")
def unnamed() -> list[Instance]:
    """Twenty different instances, none of which was given a name."""
    rng = np.random.default_rng(0)
    return [Instance.from_points(rng.random((8, 2)), 3) for _ in range(COUNT)]


@pytest.fixture(scope="module")
def tasks(unnamed: list[Instance]) -> list[Task]:
    names = ("clique", "greedy")
    return [Task(one, None, name, "max-min", Limits()) for one in unnamed for name in names]


def test_as_many_comparisons_as_instances(tasks: list[Task]) -> None:
    """Tables, profiles and pictures have a line, a question and a column for each."""
    solved = [(task, solve(task.instance, task.solver)) for task in tasks]
    checked = cross_check(solved)
    rows = checked.rows
    assert checked.faults == []  # the optimum of one is no contradiction of another's
    assert len(by_question(rows)) == COUNT
    labels = ["instance", *(f"instance ({k})" for k in range(2, COUNT + 1))]
    assert [line[0] for line in value_cells(rows)[1]] == labels
    assert [line[0] for line in solve_cells(rows)[1][::2]] == labels
    assert [line[1:3] for line in summary_cells(rows)[1]] == [
        [str(COUNT), str(COUNT)],
        [str(COUNT), "0"],
    ]
    clique, greedy = performance_profiles(value_ratios(rows))
    reached = sum(
        one.objective == other.objective
        for one, other in zip(rows[::2], rows[1::2], strict=True)  # of clique, of greedy
    )
    assert 0 < reached < COUNT
    assert clique.shares == (1.0,)
    assert greedy.within(1.0) == reached / COUNT
    ticks = values_by_instance(rows).get_xticklabels()
    assert [tick.get_text() for tick in ticks] == labels
    chosen = selections(solved)
    assert all(list(of) == labels for of in chosen.values())
    assert len({tuple(points) for points in chosen[max(chosen)].values()}) > 1


def test_rows_alone_are_enough(solve_row: Callable[..., SolveRow]) -> None:
    """Where rows of several studies were put together, digests tell them apart, names do not."""
    rows = [
        solve_row(instance="a", instance_digest="1", objective=1.0, keep=None),
        solve_row(instance="a", instance_digest="2", objective=3.0, keep=None),
        solve_row(instance="b", instance_digest="1", objective=2.0, keep=None, solver="tabu"),
    ]
    assert [len(group) for group in by_question(rows).values()] == [2, 1]
    lines = value_cells(rows)[1]
    assert [(line[0], line[3], line[4]) for line in lines] == [
        ("a, b", "2", "tabu"),
        ("a (2)", "3", "clique"),
    ]


def test_no_digest_is_no_equal_digest(solve_row: Callable[..., SolveRow]) -> None:
    """Rows of a table without that column are told apart by what is left: name and p."""
    from dataclasses import replace

    rows = [replace(solve_row(instance=name, keep=None), instance_digest="") for name in "aab"]
    assert [len(group) for group in by_question(rows).values()] == [2, 1]


def test_one_name_for_one_matrix(unnamed: list[Instance]) -> None:
    """The same points with another p keep their name; a number that is taken is passed over."""
    one, other, third = unnamed[:3]
    named = instances_apart([one, one.with_p(4), other, other.with_p(4), one])
    assert [x.name for x in named] == ["instance", "instance", *["instance (2)"] * 2, "instance"]
    assert [x.digest for x in named[:4]] == [
        x.digest for x in (one, one.with_p(4), other, other.with_p(4))
    ]
    taken = Instance(third.distances, 3, name="instance (2)")
    assert [x.name for x in instances_apart([one, other, taken])] == [
        "instance",
        "instance (3)",
        "instance (2)",
    ]
    equal = Instance(one.distances, 3)  # a copy: the same question
    assert [x.name for x in instances_apart([one, equal])] == ["instance", "instance"]


def test_names_are_left_alone_where_they_can_be(tasks: list[Task]) -> None:
    """What is told apart already is the very same task or row."""
    few = tasks[:2]
    assert all(one is other for one, other in zip(tasks_apart(few), few, strict=True))
    named = tasks_apart(tasks)
    assert all(one is other for one, other in zip(tasks_apart(named), named, strict=True))
    rows = cross_check([(task, solve(task.instance, task.solver)) for task in few]).rows
    assert rows_apart(rows) == rows


def test_published_values_are_of_their_own_name(unnamed: list[Instance]) -> None:
    """Equal instances under two names are one question, which each of their values is held against."""
    first = Instance(unnamed[0].distances, 3, name="a")
    twin = Instance(unnamed[0].distances, 3, name="b")
    solved = [(Task(one, None, "clique", "max-min", Limits()), solve(one)) for one in (first, twin)]
    best = solved[0][1].objective
    assert best is not None
    published = {("a", 3): Known(best, True, 1e-9), ("b", 3): Known(2 * best, True, 1e-9)}
    checked = cross_check(solved, published)
    assert [row.published for row in checked.rows] == [best, 2 * best]
    assert checked.faults


def test_layers_of_one_name(unnamed: list[Instance], tmp_path: Path) -> None:
    """Each is laid out in the plane, once."""
    store = Store(tmp_path / "out")
    one, other = unnamed[:2]
    keep_layers(store, [one, one.with_p(4), other], "first", np.zeros((2, 5, 3, 3)))
    found = read_layers(tmp_path / "out")
    assert found is not None
    assert list(found.embeddings) == ["instance", "instance (2)"]
    store.close()
