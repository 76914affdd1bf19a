"""Which points each method chooses, instance by instance: what the solvers hand to the surgeon."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from dispersion.solution import Solution
from dispersion.study.labels import tasks_apart
from dispersion.study.rows import SolveRow
from dispersion.study.task import Question, Task

COUNTING, LABELS = "points are counted from", "labels"  #: keys of ``selections.json`` beside methods


@dataclass(frozen=True, order=True)
class Method:
    """What decides which points are chosen: a solver with a seed, at a keep ratio or as is asked.

    Equal solves, of which each is a `repeat`, may choose differently where the time runs out.
    """

    solver: str
    keep: float | None
    p: int | None  #: `None` with a keep ratio, from which it follows, or with a distance
    seed: int
    at_least: float | None = None
    repeat: int = 0

    @classmethod
    def of(cls, task: Task) -> Method:
        """Who answers a task."""
        return cls._asked(task.solver, task.question, task.limits.seed, task.repeat)

    @classmethod
    def of_row(cls, row: SolveRow) -> Method:
        """Who answered, as a row says it."""
        return cls._asked(row.solver, row.question, row.seed, row.repeat)

    @classmethod
    def _asked(cls, solver: str, question: Question, seed: int, repeat: int) -> Method:
        p = question.p if question.keep is None and question.at_least is None else None
        return cls(solver, question.keep, p, seed, question.at_least, repeat)

    def __str__(self) -> str:
        size = f"p {self.p}" if self.keep is None else f"keep {self.keep}"  # exact: it is a key
        size = size if self.at_least is None else f"at least {self.at_least} apart"
        again = f", repeat {self.repeat}" if self.repeat else ""
        return f"{self.solver}, {size}, seed {self.seed}{again}"


Chosen = dict[Method, dict[str, NDArray[np.intp]]]


def selections(solved: Sequence[tuple[Task, Solution]]) -> Chosen:
    """For every method, the chosen points of every instance it has answered."""
    chosen: Chosen = {}
    named = tasks_apart([task for task, _ in solved])
    for task, (_, solution) in zip(named, solved, strict=True):
        kept = chosen.setdefault(Method.of(task), {})
        if solution.selected is not None:
            kept[task.instance.name] = solution.selected
    return chosen


def labels_of(rows: Iterable[SolveRow]) -> dict[str, dict[str, list[str]]]:
    """The names of the selected points by method and instance, where points have names."""
    named: dict[str, dict[str, list[str]]] = {}
    for row in rows:
        if row.labels is not None:
            named.setdefault(str(Method.of_row(row)), {})[row.instance] = json.loads(row.labels)
    return named


def as_json(chosen: Chosen, rows: Iterable[SolveRow] = ()) -> dict[str, Any]:
    """Plain lists of indices, by method and instance; see `as_lists`."""
    lists = {
        str(method): {name: indices.tolist() for name, indices in kept.items()}
        for method, kept in chosen.items()
    }
    return as_lists(lists, rows)


def as_lists(lists: Mapping[str, object], rows: Iterable[SolveRow]) -> dict[str, Any]:
    """Lists of indices by method and instance.

    First comes from which number they count and, under "labels", the same with the names of the points
    in place of their numbers, as far as `rows` say them.
    """
    named = labels_of(rows)
    return {COUNTING: 0, **({LABELS: named} if named else {}), **lists}


def of_json(content: Mapping[str, Any]) -> dict[str, dict[str, list[int]]]:
    """The lists that `as_json` has written, without the remarks."""
    return {method: kept for method, kept in content.items() if method not in (COUNTING, LABELS)}
