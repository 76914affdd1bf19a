"""The row a solve becomes."""

import dataclasses
from collections.abc import Callable

from dispersion import Instance
from dispersion.random_baseline import random_values
from dispersion.study.rows import COLUMNS, NetworkRow, SolveRow, SolveRows
from dispersion.study.task import Task
from solvers import solve


def test_a_row_says_all_of_task_solution_and_yardstick(
    task: Callable[..., Task], instance: Instance
) -> None:
    """Every column is what the task, the solution or the yardstick says."""
    asked = task("greedy", keep=0.3, seconds=2.0, threads=1, seed=4)
    solution = solve(instance, "greedy", time_limit=2.0, seed=4)
    row = SolveRows([asked]).row(asked, solution)
    assert (row.instance, row.n, row.p, row.keep) == ("layer1", 12, 4, 0.3)
    assert (row.metric, row.objective_name, row.solver) == ("euclidean", "max-min", "greedy")
    assert (row.objective, row.bound, row.gap) == (solution.objective, solution.bound, solution.gap)
    assert (row.status, row.message) == ("feasible", solution.message)
    assert (row.build_seconds, row.solve_seconds) == (solution.build_seconds, solution.solve_seconds)
    assert (row.seed, row.threads, row.time_limit) == (4, 1, 2.0)
    drawn = random_values(instance, seed=4)
    assert (row.random_mean, row.random_best) == (drawn.mean, drawn.best)
    assert row.instance_digest == instance.digest
    assert (row.parameters, row.dimension, row.repeat) == (None, 2, 0)
    again = dataclasses.replace(asked, solver="greedy:start=3", repeat=1)
    row = SolveRows([again]).row(again, solution)
    assert (row.parameters, row.repeat) == ("start=3", 1)


def test_columns_are_the_fields_in_order() -> None:
    """The files' columns begin as documented and leave no field out."""
    assert COLUMNS[SolveRow][:5] == ["instance", "n", "p", "keep", "metric"]
    assert COLUMNS[SolveRow][5:11] == [
        "objective_name",
        "solver",
        "objective",
        "bound",
        "gap",
        "status",
    ]
    assert COLUMNS[NetworkRow][:3] == ["model", "method", "keep"]
    for row, columns in COLUMNS.items():
        assert columns == [field.name for field in dataclasses.fields(row)]
