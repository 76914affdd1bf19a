"""From solutions to rows, with every contradiction on the way."""

from __future__ import annotations

from collections.abc import Sequence, Set
from dataclasses import dataclass, field

from dispersion.library.known import NONE_PUBLISHED, Known, Published
from dispersion.solution import Solution, Status
from dispersion.study.tasks import Question, SolveRow, Task
from dispersion.verify import contradictions
from dispersion.yardstick import random_values


@dataclass(frozen=True)
class Judgement:
    """Rows for the tables, every reason not to believe them, and values better than published."""

    rows: list[SolveRow] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)
    records: list[str] = field(default_factory=list)


def judge(
    solved: Sequence[tuple[Task, Solution]],
    published: Published = NONE_PUBLISHED,
    shared: Set[str] = frozenset(),
) -> Judgement:
    """Hold the answers to each question against each other, random selections and published values.

    A fault is a contradiction between two answers, or between an answer and a value in `published`
    (by the instance's name and p), an answer that is wrong in itself, or a failed solve; failed solves
    come last.  In `shared` are the keys of tasks that were not alone on their machine.
    """
    groups: dict[Question, list[tuple[Task, Solution]]] = {}
    for task, solution in solved:
        groups.setdefault(task.question, []).append((task, solution))
    judgement = Judgement()
    failed: list[str] = []
    for question, group in groups.items():
        first = group[0][0]
        known = published.get((question.instance, question.p))
        answers = [solution for _, solution in group]
        reasons = contradictions(first.instance, answers)
        for answer in answers:
            if answer.status is Status.ERROR:
                failed.append(f"{question}: {answer.solver} failed: {answer.message}")
            if known is not None:
                said = known.contradictions(answer.objective, answer.bound)
                reasons += [f"{answer.solver} {reason}" for reason in said]
        judgement.faults.extend(f"{question}: {reason}" for reason in reasons)
        judgement.records.extend(_records(question, answers, known))
        random = random_values(first.instance, first.objective_name, seed=first.limits.seed)
        value = None if known is None else known.value
        judgement.rows.extend(
            SolveRow.of(task, solution, random, value, task.key in shared) for task, solution in group
        )
    judgement.faults.extend(failed)
    return judgement


def _records(question: Question, answers: Sequence[Solution], known: Known | None) -> list[str]:
    """What is better than a published value that nobody has proven best."""
    values = [answer.objective for answer in answers if answer.objective is not None]
    if known is None or known.proven or not values or not known.beaten_by(max(values)):
        return []
    return [f"{question}: {max(values)!r} is better than the published {known.value!r}"]
