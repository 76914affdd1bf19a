"""How bounds came down, kept for whoever wants to derive a proof again."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence

from dispersion.solution import Solution
from dispersion.study.selections import Method
from dispersion.study.task import Task

ByMethod = dict[str, dict[str, object]]  #: method, then instance: keys of ``selections.json``


def put(content: ByMethod, task: Task, value: object) -> None:
    """Enter `value` under the method and the instance of a task."""
    content.setdefault(str(Method.of(task)), {})[task.instance.name] = value


def refutations(solved: Sequence[tuple[Task, Solution]]) -> ByMethod:
    """Value, bound and refutations of every answer that came with any, ready for JSON."""
    content: ByMethod = {}
    for task, solution in solved:
        if solution.refutations:
            put(content, task, refutations_of(solution))
    return content


def refutations_of(solution: Solution) -> dict[str, object]:
    """Value, bound and refutations of one answer, ready for JSON."""
    steps = [dataclasses.asdict(one) for one in solution.refutations]
    return {"objective": solution.objective, "bound": solution.bound, "refutations": steps}
