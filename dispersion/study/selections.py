"""Which points each method chooses, instance by instance: what the solvers hand to the surgeon."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from dispersion.solution import Solution
from dispersion.study.labels import tasks_apart
from dispersion.study.rows import SolveRow
from dispersion.study.task import Question, Task

COUNTING = "points are counted from"  #: a key of ``selections.json`` beside the methods


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


def as_json(chosen: Chosen) -> dict[str, Any]:
    """Plain lists of indices, by method and instance, and first from which number they count."""
    lists = {
        str(method): {name: indices.tolist() for name, indices in kept.items()}
        for method, kept in chosen.items()
    }
    return as_lists(lists)


def as_lists(lists: Mapping[str, object]) -> dict[str, Any]:
    """Lists of indices by method and instance, and first from which number they count."""
    return {COUNTING: 0, **lists}


def of_json(content: Mapping[str, Any]) -> dict[str, dict[str, list[int]]]:
    """The lists that `as_json` has written, without the remark."""
    return {method: kept for method, kept in content.items() if method != COUNTING}
