"""The stage in which tasks are solved, or found solved; every answer is written down as it comes."""

from __future__ import annotations

import logging
import time
from collections.abc import Sequence
from contextlib import closing

from dispersion.library.known import Published
from dispersion.solution import Solution
from dispersion.study.execution.executors import executor_of
from dispersion.study.execution.first_table import FirstTable
from dispersion.study.execution.pending import PAUSE_SECONDS, PendingTasks, tell_of_others
from dispersion.study.execution.resources import Resources
from dispersion.study.execution.turns import Turn, turns_of
from dispersion.study.folder.journal_entries import SolveEntry
from dispersion.study.progress import Stage, stage
from dispersion.study.rows import SolveRows
from dispersion.study.session import Session
from dispersion.study.task import Task
from solvers import prepare

_TABLES_SECONDS = 60.0  # between two writings of the tables


class Solving:
    """Answers by the place of their task, each written down at once.

    Parameters
    ----------
    session : Session
        Where to write.
    tasks : sequence of Task
        All of the study.
    published : mapping
        Published values.

    Attributes
    ----------
    entries : dict of int to SolveEntry
        What is answered so far.
    """

    def __init__(self, session: Session, tasks: Sequence[Task], published: Published) -> None:
        self.entries: dict[int, SolveEntry] = {}
        self.tasks = tasks
        self._session, self._rows = session, SolveRows(tasks, published)
        self._written = time.monotonic()

    def enter(self, k: int, solution: Solution, shared: bool) -> None:
        """Take in the answer to task `k`."""
        task = self.tasks[k]
        entry = self.entries[k] = SolveEntry(self._rows.row(task, solution, shared), solution, k)
        study_log = self._session.store.study_log
        self._session.keep(lambda: study_log.keep_solve(entry))
        study_log.entries.add_solve(entry)  # known even if it could not be written
        if time.monotonic() - self._written > _TABLES_SECONDS:
            self.write()

    def write(self) -> None:
        """Write the tables of what is solved so far, here or elsewhere."""
        store = self._session.store
        entries = store.study_log.entries.solves_in_order()
        self._session.keep(lambda: store.write_solves([entry.row for entry in entries]))
        self._session.keep(
            lambda: store.write_traces([row for one in entries for row in one.trace_rows])
        )
        self._written = time.monotonic()


def solve_stage(
    session: Session,
    tasks: Sequence[Task],
    resources: Resources,
    published: Published,
    retry_failures: bool = False,
) -> list[tuple[Task, SolveEntry]]:
    """Solve all tasks that have not been solved before; fewer if interrupted.

    Heuristics come first, then provers of ours, then engines.  What is returned is in the order of the
    tasks.

    Raises
    ------
    UnavailableError, MissingExtraError
        There is no cluster.
    """
    study_log = session.store.study_log
    if retry_failures:
        study_log.forget_failures()
    solving, pending = Solving(session, tasks, published), PendingTasks(study_log, tasks)
    for k, entry in pending.answered():
        solving.enter(k, entry.solution, entry.row.shared)
    if solving.entries:
        session.say(
            f"{len(solving.entries)} of {len(tasks)} solves are in {session.store.folder} already"
        )
    if pending.waiting:
        if resources != Resources():  # one process compiles what it needs itself
            _load_engines(session, tasks)
        _solve(session, solving, pending, resources)
    return [(tasks[k], solving.entries[k]) for k in sorted(solving.entries)]


def _load_engines(session: Session, tasks: Sequence[Task]) -> None:
    """Compile kernels once, so that several workers find them; their imports are their own."""
    with session.timed("load engines"):
        for name, objective in dict.fromkeys((task.solver, task.objective_name) for task in tasks):
            try:
                prepare(name, objective)
            except Exception as error:  # its solves will fail for the same reason, each with a row
                reason = f"{type(error).__name__}: {error}"
                session.say(f"{name} cannot be loaded: {reason}", logging.WARNING)


def _solve(session: Session, solving: Solving, pending: PendingTasks, resources: Resources) -> None:
    waiting, locks = pending.waiting, session.store.study_log.locks
    turns = turns_of(solving.tasks)
    first_table = FirstTable(session, turns)
    told, limit = False, max(task.limits.seconds for task in waiting.values())
    session.say(f"{len(waiting)} solves, {resources}, at most {limit:g} s each")
    with (
        closing(executor_of(resources, len(waiting))) as executor,
        session.interruptible(),
        session.timed("solve"),
        stage("solving", [turns[k] for k in waiting], session.console) as progress,
    ):
        while waiting:
            before = len(waiting)
            for k, solution in executor.solve(progress.watching(pending.claimed(), _named)):
                solving.enter(k, solution, executor.shared or locks.others_here())
                pending.close(k)
                _step(progress, k, turns[k], solving.entries[k])
                first_table.look(progress, waiting, solving.entries)
            for k, entry in pending.answered():
                solving.enter(k, entry.solution, entry.row.shared)
                _step(progress, k, turns[k], entry)
            if len(waiting) == before:
                told = told or tell_of_others(before)
                time.sleep(PAUSE_SECONDS)


def _named(task: Task) -> str:
    return f"{task.solver} on {task.instance.name}"


def _step(progress: Stage, k: int, turn: Turn, entry: SolveEntry) -> None:
    row = entry.row
    note = f"{row.solver} on {row.instance}: {row.status}"
    progress.step(note, key=k, kind=turn, of=str(row.question), gap=row.gap)
