"""The stages that every study has, whatever its instances come from."""

from __future__ import annotations

import dataclasses
import json
import logging
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import partial

import pandas as pd
from rich.console import Console

from dispersion.errors import DispersionError, UnavailableError
from dispersion.library.known import NONE_PUBLISHED, Published
from dispersion.solution import Status
from dispersion.study.config import as_toml
from dispersion.study.environment import environment
from dispersion.study.export import export_models
from dispersion.study.judge import Judgement, judge
from dispersion.study.labels import tasks_apart
from dispersion.study.logs import CONFIG_NAME
from dispersion.study.plots import figures
from dispersion.study.proofs import recheck_stage, refutations
from dispersion.study.reading import read_study
from dispersion.study.selections import Chosen, as_json, selections
from dispersion.study.session import Session
from dispersion.study.skips import skipped_lines
from dispersion.study.solving import solve_stage
from dispersion.study.tables import print_study
from dispersion.study.tasks import NetworkRow, SolveRow, Task

EXIT_FAULT, EXIT_INPUT, EXIT_INTERRUPTED = 1, 2, 130


def solve_and_judge(
    session: Session,
    tasks: Sequence[Task],
    published: Published = NONE_PUBLISHED,
) -> tuple[Judgement, Chosen]:
    """Solve all tasks and write down rows, selections and refutations.

    If asked for, models are written before, and proofs are checked again after.

    Raises
    ------
    InputError
        The folder holds solves that are not among the tasks.
    """
    tasks = begin(session, tasks)
    if session.options.export is not None:
        export_models(session, tasks, session.options.export)
    records = solve_stage(session, tasks, published)
    solved = [(task, record.solution) for task, record in records]
    shared = {record.row.key for _, record in records if record.row.shared}
    judgement = judge(solved, published, shared)
    session.keep(lambda: session.store.solves(judgement.rows))
    trace = [row for _, record in records for row in record.trace_rows]
    session.keep(lambda: session.store.traces(trace))
    chosen = selections(solved)
    session.keep(lambda: session.store.record("selections", as_json(chosen)))
    session.keep(lambda: session.store.record("refutations", refutations(solved)))
    _disprove(session, judgement, recheck_stage(session, solved))
    return judgement, chosen


def _disprove(session: Session, judgement: Judgement, false: dict[Task, list[str]]) -> None:
    """Put what rechecks found false before the other faults, and into the rows of those solves."""
    judgement.faults[:0] = [fault for faults in false.values() for fault in faults]
    keys = {task.key for task in false}
    if keys:
        judgement.rows[:] = [
            dataclasses.replace(row, status=Status.CONTRADICTED.value) if row.key in keys else row
            for row in judgement.rows
        ]
        session.keep(lambda: session.store.solves(judgement.rows))


def begin(session: Session, tasks: Sequence[Task]) -> list[Task]:
    """Write down that the study begins or goes on, unless the folder holds another one.

    Returns
    -------
    list of Task
        Those asked for and, of other seeds, those that the folder holds, under names that tell
        different instances apart.
    """
    ledger = session.store.ledger
    joined = ledger.joined(tasks_apart(tasks))
    session.store.enter()
    _keep_config(session)
    for warning in ledger.journal.warnings:
        session.say(f"warning: {warning}", logging.WARNING)
    options = json.loads(json.dumps(dataclasses.asdict(session.options), default=str))
    changed = ledger.begin(options, environment())
    if changed:
        session.say(
            f"warning: what {session.store.folder} holds was solved with another "
            f"{', '.join(changed)}; times do not compare",
            logging.WARNING,
        )
    record(session, "running")
    return joined


def _keep_config(session: Session) -> None:
    """Leave a config that asks for the same; the user's own, if it stands there, stays as it is."""
    config, path = session.options.config, session.store.folder / CONFIG_NAME
    if config is None or not path.exists() or not path.samefile(config.path):
        text = as_toml(session.options.settings).encode(errors="replace")  # of names that are no UTF-8
        session.keep(lambda: session.store.save(CONFIG_NAME, lambda part: part.write_bytes(text)))


@contextmanager
def concluded(session: Session) -> Iterator[None]:
    """See that ``run.json`` never says that a study runs which an error or Ctrl-C has ended.

    Where another process works on the study it goes on, and that one will say how it ended.
    """
    try:
        yield
    except (DispersionError, OSError, KeyboardInterrupt) as error:
        if session.running and not session.store.alone():
            raise
        if session.running and session.store.nothing_came():
            (session.store.folder / "run.json").unlink(missing_ok=True)  # nothing came of it
        elif session.running:
            interrupted = isinstance(error, KeyboardInterrupt)
            outcome, faults = ("interrupted", []) if interrupted else ("failed", [str(error)])
            session.keep(lambda: record(session, outcome, Judgement(faults=faults)))
        raise


def record(session: Session, outcome: str, judgement: Judgement | None = None) -> None:
    """Write ``run.json``: what was asked, of what, where, how long it took, and how it ended."""
    judged = judgement or Judgement()
    session.running = outcome == "running"
    session.store.record(
        "run",
        {
            "outcome": outcome,
            "faults": judged.faults,
            "records": judged.records,
            "folder": str(session.store.folder),
            "options": dataclasses.asdict(session.options),
            **session.about,
            "digests": session.digests,
            "seconds": session.seconds,
            "environment": environment(),
        },
    )


def report(session: Session) -> None:
    """Make ``report.html`` from what the folder holds."""
    from dispersion.report import write_report  # above the study: it reads what the study wrote

    try:
        write_report(session.store.folder)
    except UnavailableError:
        raise
    except Exception as error:  # a page that cannot be made costs no result
        session.unwritten = True
        session.say(f"error: no report.html: {type(error).__name__}: {error}", logging.ERROR)


def draw(session: Session, rows: Sequence[SolveRow], networks: Sequence[NetworkRow]) -> None:
    """Draw the pictures that these rows allow."""
    for name, figure in figures(rows, networks).items():
        session.keep(partial(session.store.picture, name, figure))


def accuse(session: Session, judgement: Judgement) -> None:
    """Say what is wrong before any result is shown."""
    for fault in judgement.faults:
        session.say(f"FAIL {fault}", logging.ERROR)


def conclude(session: Session, judgement: Judgement) -> None:
    """Say what is new, what was skipped, whether anything is wrong, and where the results are."""
    for news in judgement.records:
        session.say(f"NEW {news}")
    for line in skipped_lines(judgement.rows):
        session.say(line)
    session.say(
        f"{len(judgement.faults)} FAIL, see above"
        if judgement.faults
        else "no contradictions: every bound holds against every answer"
    )
    session.say(f"results in {session.store.folder}{', not all of them' if session.unwritten else ''}")


def finish(
    session: Session, judgement: Judgement, networks: Sequence[NetworkRow], output: Console
) -> int:
    """Draw, write, print and say how it ended; returns the exit code."""
    journal = session.store.ledger.journal
    session.keep(journal.check_whole)
    if journal.lost:
        session.keep(lambda: rewrite(session))
    draw(session, judgement.rows, networks)
    outcome = "interrupted" if session.interrupted else "failed" if judgement.faults else "complete"
    session.keep(lambda: record(session, outcome, judgement))
    session.keep(lambda: report(session))
    accuse(session, judgement)
    print_study(session.options.format, judgement.rows, networks, output)
    conclude(session, judgement)
    code = {"complete": 0, "failed": EXIT_FAULT, "interrupted": EXIT_INTERRUPTED}[outcome]
    return EXIT_INPUT if code == 0 and (session.unwritten or journal.lost) else code


def rewrite(session: Session) -> None:
    """Write again what the journal says and what was written before files were deleted."""
    store, found = session.store, read_study(session.store.folder)
    _keep_config(session)
    for name in ("solves", "traces", "networks", "accuracies"):
        frame: pd.DataFrame = getattr(found, name)
        if not frame.empty:
            store.frame(name, frame)
    store.record("selections", found.selections)
    store.record("refutations", found.refutations)
