"""The stages that every comparison has, whatever its instances come from."""

from __future__ import annotations

import dataclasses
import logging
from collections.abc import Sequence
from functools import partial

from rich.console import Console

from dispersion.compare.cli.config import as_toml
from dispersion.compare.export import export_models
from dispersion.compare.rechecks import recheck_stage
from dispersion.compare.session import CommandSession
from dispersion.errors import UnavailableError
from dispersion.library.known import NONE_PUBLISHED, Published
from dispersion.report import write_report
from dispersion.solution import Status
from dispersion.study.analysis.cross_check import CrossCheck
from dispersion.study.analysis.skips import skipped_lines
from dispersion.study.answering import Answers, answer, begin
from dispersion.study.logs import CONFIG_NAME
from dispersion.study.pictures import figures
from dispersion.study.reading import read_study
from dispersion.study.rows import NetworkRow, SolveRow
from dispersion.study.tables import print_study
from dispersion.study.task import Task

EXIT_FAULT, EXIT_INPUT, EXIT_INTERRUPTED = 1, 2, 130


def solve_and_check(
    session: CommandSession, tasks: Sequence[Task], published: Published = NONE_PUBLISHED
) -> Answers:
    """Solve all tasks; if asked for, models are written before, and proofs derived again after.

    Raises
    ------
    InputError
        The folder holds solves that are not among the tasks.
    """
    options = session.options
    tasks = begin(session, tasks)
    _keep_config(session)
    if options.export is not None:
        export_models(session, tasks, options.export)
    answers = answer(session, tasks, options.resources, published, options.retry_failures)
    false = recheck_stage(session, answers.solved)
    return dataclasses.replace(answers, checked=_disproved(session, answers.checked, false))


def _disproved(
    session: CommandSession, checked: CrossCheck, false: dict[Task, list[str]]
) -> CrossCheck:
    """What rechecks found false stands before the other faults, and in the rows of those solves."""
    if not false:
        return checked
    keys, status = {task.key for task in false}, Status.CONTRADICTED.value
    rows = [dataclasses.replace(row, status=status) if row.key in keys else row for row in checked.rows]
    session.keep(lambda: session.store.write_solves(rows))
    faults = [fault for some in false.values() for fault in some]
    return dataclasses.replace(checked, rows=rows, faults=faults + checked.faults)


def _keep_config(session: CommandSession) -> None:
    """Leave a config that asks for the same; the user's own, if it stands there, stays as it is."""
    config, path = session.options.config, session.store.folder / CONFIG_NAME
    if config is None or not path.exists() or not path.samefile(config.path):
        text = as_toml(session.options.settings).encode(errors="replace")  # of names that are no UTF-8
        session.keep(lambda: session.store.save(CONFIG_NAME, lambda part: part.write_bytes(text)))


def report(session: CommandSession) -> None:
    """Make ``report.html`` from what the folder holds."""
    try:
        write_report(session.store.folder)
    except UnavailableError:
        raise
    except Exception as error:  # a page that cannot be made costs no result
        session.unwritten = True
        session.say(f"error: no report.html: {type(error).__name__}: {error}", logging.ERROR)


def draw(session: CommandSession, rows: Sequence[SolveRow], networks: Sequence[NetworkRow]) -> None:
    """Draw the pictures that these rows allow."""
    for name, figure in figures(rows, networks).items():
        session.keep(partial(session.store.write_picture, name, figure))


def accuse(session: CommandSession, checked: CrossCheck) -> None:
    """Say what is wrong before any result is shown."""
    for fault in checked.faults:
        session.say(f"FAIL {fault}", logging.ERROR)


def conclude(session: CommandSession, checked: CrossCheck) -> None:
    """Say what is new, what was skipped, whether anything is wrong, and where the results are."""
    for news in checked.better_than_published:
        session.say(f"NEW {news}")
    for line in skipped_lines(checked.rows):
        session.say(line)
    session.say(
        f"{len(checked.faults)} FAIL, see above"
        if checked.faults
        else "no contradictions: every bound holds against every answer"
    )
    session.say(f"results in {session.store.folder}{', not all of them' if session.unwritten else ''}")


def finish(
    session: CommandSession, checked: CrossCheck, networks: Sequence[NetworkRow], output: Console
) -> int:
    """Draw, write, print and say how it ended; returns the exit code."""
    journal = session.store.study_log.journal
    session.keep(journal.check_whole)
    if journal.lost:
        session.keep(lambda: rewrite(session))
    draw(session, checked.rows, networks)
    outcome = session.outcome(checked)
    session.keep(lambda: session.write_run(outcome, checked))
    session.keep(lambda: report(session))
    accuse(session, checked)
    print_study(session.options.format, checked.rows, networks, output)
    conclude(session, checked)
    code = {"complete": 0, "failed": EXIT_FAULT, "interrupted": EXIT_INTERRUPTED}[outcome]
    return EXIT_INPUT if code == 0 and (session.unwritten or journal.lost) else code


def rewrite(session: CommandSession) -> None:
    """Write again what the journal says and what was written before files were deleted."""
    _keep_config(session)
    read_study(session.store.folder).write_tables(session.store)
