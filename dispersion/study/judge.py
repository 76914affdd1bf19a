"""From solutions to rows, with every contradiction on the way."""

from __future__ import annotations

from collections.abc import Sequence, Set
from dataclasses import dataclass, field

from dispersion.library.known import NONE_PUBLISHED, Known, Published
from dispersion.solution import Solution, Status
from dispersion.study.labels import tasks_apart
from dispersion.study.tasks import Question, SolveRow, Task
from dispersion.verify import contradictions
from dispersion.yardstick import RandomValues, random_values


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
    come last.  In `shared` are the keys of tasks that were not alone on their machine.  A question is
    known by its content; different instances of one name get a number behind it.
    """
    named = tasks_apart([task for task, _ in solved])
    pairs = list(zip(named, (solution for _, solution in solved), strict=True))
    groups: dict[Question, list[tuple[Task, Solution]]] = {}
    for task, solution in pairs:
        groups.setdefault(task.question, []).append((task, solution))
    judgement = Judgement()
    random: dict[Question, RandomValues] = {}
    for question, group in groups.items():
        _confront(judgement, question, group, published)
        first = group[0][0]
        random[question] = random_values(first.instance, first.objective_name, seed=first.limits.seed)
    for task, solution in pairs:
        known = published.get((task.instance.name, task.instance.p))
        value, beside = None if known is None else known.value, task.key in shared
        judgement.rows.append(SolveRow.of(task, solution, random[task.question], value, beside))
    judgement.faults.extend(
        f"{task.question}: {solution.solver} failed: {solution.message}"
        for task, solution in pairs
        if solution.status is Status.ERROR
    )
    return judgement


def _confront(
    judgement: Judgement,
    question: Question,
    group: Sequence[tuple[Task, Solution]],
    published: Published,
) -> None:
    """Hold the answers to one question against each other and against what is published of it."""
    answers = [solution for _, solution in group]
    names = dict.fromkeys((task.instance.name, question.p) for task, _ in group)
    reasons = contradictions(group[0][0].instance, answers)
    for known in (published[name] for name in names if name in published):
        for answer in answers:
            said = known.contradictions(answer.objective, answer.bound)
            reasons += [f"{answer.solver} {reason}" for reason in said]
        judgement.records.extend(_records(question, answers, known))
    judgement.faults.extend(f"{question}: {reason}" for reason in reasons)


def _records(question: Question, answers: Sequence[Solution], known: Known) -> list[str]:
    """What is better than a published value that nobody has proven best."""
    values = [answer.objective for answer in answers if answer.objective is not None]
    if known.proven or not values or not known.beaten_by(max(values)):
        return []
    return [f"{question}: {max(values)!r} is better than the published {known.value!r}"]
