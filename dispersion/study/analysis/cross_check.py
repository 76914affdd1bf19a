"""From solutions to rows, with every contradiction on the way."""

from __future__ import annotations

from collections.abc import Sequence, Set
from dataclasses import dataclass, field, replace

from dispersion.library.known import NONE_PUBLISHED, Known, Published
from dispersion.solution import Solution, Status
from dispersion.study.labels import tasks_apart
from dispersion.study.rows import SolveRow, SolveRows, published_of
from dispersion.study.task import Question, Task
from dispersion.verify import attains, exceeded, faults_of


@dataclass(frozen=True)
class CrossCheck:
    """Rows for the tables, every reason not to believe them, and values better than published."""

    rows: list[SolveRow] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)
    better_than_published: list[str] = field(default_factory=list)


def cross_check(
    solved: Sequence[tuple[Task, Solution]],
    published: Published = NONE_PUBLISHED,
    shared: Set[str] = frozenset(),
) -> CrossCheck:
    """Hold the answers to each question against each other, random selections and published values.

    A fault is a contradiction between two answers, or between an answer and a value in `published`
    (by the instance's name and p), an answer that is wrong in itself, or a failed solve; failed solves
    come last.  The row of an answer that is wrong in itself, or whose bound is below what another is
    worth, has the status "contradicted".  In `shared` are the keys of tasks that were not alone on
    their machine.  A question is known by its content; different instances of one name get a number
    behind it.
    """
    named = tasks_apart([task for task, _ in solved])
    pairs = _held(list(zip(named, (solution for _, solution in solved), strict=True)))
    groups: dict[Question, list[_Held]] = {}
    for one in pairs:
        groups.setdefault(one.task.question, []).append(one)
    checked = CrossCheck()
    for question, group in groups.items():
        _confront(checked, question, group, published)
    maker = SolveRows(named, published)
    for one in pairs:
        checked.rows.append(maker.row(one.task, one.checked, one.task.key in shared))
    checked.faults.extend(
        f"{one.task.question}: {one.answer.solver} failed: {one.answer.message}"
        for one in pairs
        if one.answer.status is Status.ERROR
    )
    return checked


@dataclass(frozen=True)
class _Held:
    """An answer, and what is wrong with it by itself or beside others to the same instance."""

    task: Task
    answer: Solution
    wrong: list[str]

    @property
    def checked(self) -> Solution:
        """The answer, with the status that it deserves."""
        return replace(self.answer, status=Status.CONTRADICTED) if self.wrong else self.answer


def _held(solved: Sequence[tuple[Task, Solution]]) -> list[_Held]:
    """Every answer against what others attain on the same matrix, whatever the instance is called."""
    attained: dict[str, list[Solution]] = {}
    for task, answer in solved:
        if attains(task.instance, answer):
            attained.setdefault(task.instance.digest, []).append(answer)

    def others_of(task: Task, answer: Solution) -> list[Solution]:
        return [one for one in attained.get(task.instance.digest, []) if one is not answer]

    return [
        _Held(
            task,
            answer,
            faults_of(task.instance, answer) + exceeded(answer, others_of(task, answer)),
        )
        for task, answer in solved
    ]


def _confront(
    checked: CrossCheck,
    question: Question,
    group: Sequence[_Held],
    published: Published,
) -> None:
    """Write down what is wrong with the answers to one question, and hold them against publications."""
    answers = [one.answer for one in group]
    published_about = [one.task for one in group if not one.task.instance.restricted]
    asked = {task.instance.name: task.question for task in published_about}
    reasons = list(dict.fromkeys(reason for one in group for reason in one.wrong))
    for known in filter(None, (published_of(one, published) for one in asked.values())):
        for answer in answers:
            said = known.contradictions(answer.objective, answer.bound)
            reasons += [f"{answer.solver} {reason}" for reason in said]
        checked.better_than_published.extend(_better_than_published(question, answers, known))
    checked.faults.extend(f"{question}: {reason}" for reason in reasons)


def _better_than_published(question: Question, answers: Sequence[Solution], known: Known) -> list[str]:
    """What is better than a published value that nobody has proven best."""
    values = [answer.objective for answer in answers if answer.objective is not None]
    if known.proven or not values or not known.beaten_by(max(values)):
        return []
    return [f"{question}: {max(values)!r} is better than the published {known.value!r}"]
