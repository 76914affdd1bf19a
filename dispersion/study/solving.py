"""The stage in which tasks are solved, or found solved; every answer is written down as it comes."""

from __future__ import annotations

import logging
import time
from collections.abc import Sequence
from contextlib import closing

from dispersion.library.known import Published
from dispersion.solution import Solution
from dispersion.study.backlog import PAUSE_SECONDS, Backlog, tell_of_others
from dispersion.study.executors import executor_of
from dispersion.study.progress import Stage, stage
from dispersion.study.records import SolveRecord
from dispersion.study.session import Session
from dispersion.study.tasks import SolveRow, Task
from dispersion.yardstick import RandomValues, random_values
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
    records : dict of int to SolveRecord
        What is answered so far.
    """

    def __init__(self, session: Session, tasks: Sequence[Task], published: Published) -> None:
        self.records: dict[int, SolveRecord] = {}
        self.tasks = tasks
        self._session, self._published = session, published
        self._random: dict[str, RandomValues] = {}
        self._written = time.monotonic()

    def enter(self, k: int, solution: Solution, shared: bool) -> None:
        """Take in the answer to task `k`."""
        task = self.tasks[k]
        known = self._published.get((task.instance.name, task.instance.p))
        value = None if known is None else known.value
        row = SolveRow.of(task, solution, self._random_of(task), value, shared)
        record = self.records[k] = SolveRecord(row, solution, k)
        ledger = self._session.store.ledger
        self._session.keep(lambda: ledger.keep_solve(record))
        ledger.records.add_solve(record)  # known even if it could not be written
        if time.monotonic() - self._written > _TABLES_SECONDS:
            self.write()

    def write(self) -> None:
        """Write the tables of what is solved so far, here or elsewhere."""
        store = self._session.store
        records = store.ledger.records.solves_in_order()
        self._session.keep(lambda: store.solves([record.row for record in records]))
        self._session.keep(lambda: store.traces([row for one in records for row in one.trace_rows]))
        self._written = time.monotonic()

    def _random_of(self, task: Task) -> RandomValues:
        digest = task.instance.digest
        if digest not in self._random:
            seed = self._session.options.limits.seed
            self._random[digest] = random_values(task.instance, task.objective_name, seed=seed)
        return self._random[digest]


def solve_stage(
    session: Session, tasks: Sequence[Task], published: Published
) -> list[tuple[Task, SolveRecord]]:
    """Solve all tasks that have not been solved before, in their order; fewer if interrupted.

    Raises
    ------
    UnavailableError, MissingExtraError
        There is no cluster.
    """
    ledger = session.store.ledger
    if session.options.retry_failures:
        ledger.forget_failures()
    solving, backlog = Solving(session, tasks, published), Backlog(ledger, tasks)
    for k, record in backlog.answered():
        solving.enter(k, record.solution, record.row.shared)
    if solving.records:
        session.say(
            f"{len(solving.records)} of {len(tasks)} solves are in {session.store.folder} already"
        )
    if backlog.waiting:
        _load_engines(session)
        _solve(session, solving, backlog)
    return [(tasks[k], solving.records[k]) for k in sorted(solving.records)]


def _load_engines(session: Session) -> None:
    """Compile kernels once, so that workers find them; their imports are their own."""
    options = session.options
    with session.timed("load engines"):
        for name in options.solvers:
            try:
                prepare(name, options.objective)
            except Exception as error:  # its solves will fail for the same reason, each with a row
                reason = f"{type(error).__name__}: {error}"
                session.say(f"{name} cannot be loaded: {reason}", logging.WARNING)


def _solve(session: Session, solving: Solving, backlog: Backlog) -> None:
    options, waiting, claims = session.options, backlog.waiting, session.store.ledger.claims
    told = False
    place = f"{options.jobs} at a time" if options.scheduler is None else f"at {options.scheduler}"
    session.say(
        f"{len(waiting)} solves, {place}, at most {options.limits.seconds:g} s each "
        f"(engines loaded in {session.seconds['load engines']:.1f} s; compiled kernels are cached)"
    )
    with (
        closing(executor_of(options, len(waiting))) as executor,
        session.interruptible(),
        session.timed("solve"),
        stage("solving", len(waiting), session.console) as progress,
    ):
        while waiting:
            before = len(waiting)
            for k, solution in executor.solve(progress.watching(backlog.claimed(), _named)):
                solving.enter(k, solution, executor.shared or claims.others_here())
                backlog.close(k)
                _step(progress, k, solving.records[k])
            for k, record in backlog.answered():
                solving.enter(k, record.solution, record.row.shared)
                _step(progress, k, record)
            if len(waiting) == before:
                told = told or tell_of_others(before)
                time.sleep(PAUSE_SECONDS)


def _named(task: Task) -> str:
    return f"{task.solver} on {task.instance.name}"


def _step(progress: Stage, k: int, record: SolveRecord) -> None:
    row = record.row
    note = f"{row.solver} on {row.instance}: {row.status}"
    progress.step(note, key=k, of=str(row.question), gap=row.gap)
