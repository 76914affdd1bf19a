"""Tests of `dispersion.study.selections`."""

from __future__ import annotations

import json

import numpy as np
import pandas as pd

from dispersion import Instance
from dispersion.study.execution.worker import failure
from dispersion.study.rows import SolveRows
from dispersion.study.selections import Method, as_json, of_json, selections
from dispersion.study.task import Task
from solvers import Limits, solve


def test_close_keep_ratios_are_different_methods() -> None:
    """The key of a selection tells ratios apart that look alike when rounded."""
    methods = [Method("greedy", keep, None, 0) for keep in (1 / 3, 0.333333)]
    assert len({str(method) for method in methods}) == 2
    assert str(Method("greedy", 0.5, None, 3, repeat=1)) == "greedy, keep 0.5, seed 3, repeat 1"


def test_without_keep_ratios_methods_differ_by_p() -> None:
    """Two sizes of one instance are two methods, so that neither overwrites the other."""
    one = Instance(1.0 - np.eye(4), 2, name="one")
    tasks = [Task(one.with_p(p), None, "greedy", "max-min", Limits()) for p in (2, 3)]
    chosen = selections([(task, solve(task.instance, "greedy")) for task in tasks])
    assert [str(method) for method in chosen] == ["greedy, p 2, seed 0", "greedy, p 3, seed 0"]
    assert [len(kept["one"]) for kept in chosen.values()] == [2, 3]


def test_selections_are_grouped_by_method_and_layer() -> None:
    """Every layer of a method is together; a failed solve leaves its layer out."""
    tasks = [
        Task(Instance(1.0 - np.eye(4), 2, name=name), 0.5, solver, "max-min", Limits())
        for name in ("one", "two")
        for solver in ("greedy", "clique")
    ]
    solved = [(task, solve(task.instance, task.solver)) for task in tasks[:3]]
    solved.append((tasks[3], failure(tasks[3], "broken")))
    chosen = selections(solved)
    greedy, clique = Method("greedy", 0.5, None, 0), Method("clique", 0.5, None, 0)
    assert set(chosen) == {greedy, clique}
    assert set(chosen[greedy]) == {"one", "two"}
    assert set(chosen[clique]) == {"one"}
    written = json.loads(json.dumps(as_json(chosen)))
    assert written[str(greedy)]["one"] == solved[0][1].selected.tolist()
    assert next(iter(written.items())) == ("points are counted from", 0)
    assert "labels" not in written
    assert of_json(written) == {key: written[key] for key in (str(greedy), str(clique))}


def test_names_of_points_are_beside_their_numbers() -> None:
    """By method and instance as the numbers, for the instances whose points have names."""
    D = pd.DataFrame(1.0 - np.eye(3), index=["Ulm", "Rom", "Köln"])
    tasks = [
        Task(Instance(distances, 2, name=name), None, "greedy", "max-min", Limits())
        for name, distances in (("plain", 1.0 - np.eye(3)), ("named", D))
    ]
    solved = [(task, solve(task.instance, "greedy")) for task in tasks]
    rows = [SolveRows(tasks).row(task, solution) for task, solution in solved]
    written = as_json(selections(solved), rows)
    assert written["labels"] == {"greedy, p 2, seed 0": {"named": list(solved[1][1].labels)}}
    assert of_json(written).keys() == {"greedy, p 2, seed 0"}
    assert [row.labels for row in rows] == [None, '["Ulm", "Rom"]']
