"""From solutions to rows, with every contradiction on the way."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from dispersion.solution import Solution, Status
from dispersion.study.tasks import SolveRow, Task
from dispersion.verify import contradictions
from dispersion.yardstick import random_values


@dataclass(frozen=True)
class Judgement:
    """Rows for the tables, and every reason not to believe them."""

    rows: list[SolveRow]
    faults: list[str]


def judge(solved: Sequence[tuple[Task, Solution]]) -> Judgement:
    """Hold the answers to each instance against each other and against random selections.

    A fault is a contradiction between two answers, an answer that is wrong in itself, or a failed
    solve.
    """
    groups: dict[tuple[str, float], list[tuple[Task, Solution]]] = {}
    for task, solution in solved:
        groups.setdefault((task.instance.name, task.keep), []).append((task, solution))
    judgement = Judgement([], [])
    for (layer, keep), group in groups.items():
        first = group[0][0]
        answers = [solution for _, solution in group]
        reasons = contradictions(first.instance, answers)
        reasons += [
            f"{answer.solver} failed: {answer.message}"
            for answer in answers
            if answer.status is Status.ERROR
        ]
        judgement.faults.extend(f"{layer}, keep {keep:g}: {reason}" for reason in reasons)
        random = random_values(first.instance, first.objective_name, seed=first.limits.seed)
        judgement.rows.extend(SolveRow.of(task, solution, random) for task, solution in group)
    return judgement
