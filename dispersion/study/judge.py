"""From solutions to rows, with every contradiction on the way."""

from __future__ import annotations

from collections.abc import Sequence, Set
from dataclasses import dataclass, field, replace

from dispersion.library.known import NONE_PUBLISHED, Known, Published
from dispersion.solution import Solution, Status
from dispersion.study.tasks import Question, SolveRow, Task
from dispersion.verify import attains, exceeded, faults_of
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
    come last.  Answers to the same matrix and p are held against each other whatever the instance is
    called.  The row of an answer that is wrong in itself, or whose bound is below what another is
    worth, has the status "contradicted".  In `shared` are the keys of tasks that were not alone on
    their machine.
    """
    groups: dict[Question, list[tuple[Task, Solution]]] = {}
    attained: dict[str, list[Solution]] = {}
    for task, solution in solved:
        groups.setdefault(task.question, []).append((task, solution))
        if attains(task.instance, solution):
            attained.setdefault(task.instance.digest, []).append(solution)
    judgement = Judgement()
    failed: list[str] = []
    for question, group in groups.items():
        first = group[0][0]
        known = published.get((question.instance, question.p))
        answers = [solution for _, solution in group]
        wrong = [_wrong(task, answer, attained.get(task.instance.digest, [])) for task, answer in group]
        reasons = list(dict.fromkeys(reason for told in wrong for reason in told))
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
        for (task, answer), told in zip(group, wrong, strict=True):
            judged = replace(answer, status=Status.CONTRADICTED) if told else answer
            judgement.rows.append(SolveRow.of(task, judged, random, value, task.key in shared))
    judgement.faults.extend(failed)
    return judgement


def _wrong(task: Task, answer: Solution, others: Sequence[Solution]) -> list[str]:
    """What is wrong with an answer by itself, and where it is exceeded."""
    return faults_of(task.instance, answer) + exceeded(answer, others)


def _records(question: Question, answers: Sequence[Solution], known: Known | None) -> list[str]:
    """What is better than a published value that nobody has proven best."""
    values = [answer.objective for answer in answers if answer.objective is not None]
    if known is None or known.proven or not values or not known.beaten_by(max(values)):
        return []
    return [f"{question}: {max(values)!r} is better than the published {known.value!r}"]
