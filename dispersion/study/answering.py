"""Tasks -> answers -> cross-check -> tables: what every study does, whoever asked for it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from dispersion.library.known import NONE_PUBLISHED, Published
from dispersion.solution import Solution
from dispersion.study.analysis.cross_check import CrossCheck, cross_check
from dispersion.study.execution.resources import Resources
from dispersion.study.execution.solving import solve_stage
from dispersion.study.labels import tasks_apart
from dispersion.study.refutations import refutations
from dispersion.study.selections import Chosen, as_json, selections
from dispersion.study.session import Session
from dispersion.study.task import Task


@dataclass(frozen=True)
class Answers:
    """What came of the tasks of a study.

    Attributes
    ----------
    solved : list of (Task, Solution)
        Every answer, in the order of the tasks; fewer if it was interrupted.
    checked : CrossCheck
        Their rows, and every contradiction between them.
    chosen : dict
        The selected points, by method and instance.
    """

    solved: list[tuple[Task, Solution]]
    checked: CrossCheck
    chosen: Chosen


def begin(session: Session, tasks: Sequence[Task]) -> list[Task]:
    """Write down that the study begins or is resumed, unless the folder holds another one.

    Returns
    -------
    list of Task
        Those asked for and, of other seeds, those that the folder holds, under names that tell
        different instances apart.

    Raises
    ------
    InputError
        The folder holds solves that are not among the tasks.
    """
    joined = session.store.study_log.joined(tasks_apart(tasks))
    session.begin()
    return joined


def answer(
    session: Session,
    tasks: Sequence[Task],
    resources: Resources,
    published: Published = NONE_PUBLISHED,
    retry_failures: bool = False,
) -> Answers:
    """Solve all tasks that have no answer yet, check the answers against each other, write tables."""
    entries = solve_stage(session, tasks, resources, published, retry_failures)
    solved = [(task, entry.solution) for task, entry in entries]
    shared = {entry.row.key for _, entry in entries if entry.row.shared}
    answers = Answers(solved, cross_check(solved, published, shared), selections(solved))
    trace = [row for _, entry in entries for row in entry.trace_rows]
    store = session.store
    session.keep(lambda: store.write_solves(answers.checked.rows))
    session.keep(lambda: store.write_traces(trace))
    lists = as_json(answers.chosen, answers.checked.rows)
    session.keep(lambda: store.write_json("selections", lists))
    session.keep(lambda: store.write_json("refutations", refutations(solved)))
    return answers
