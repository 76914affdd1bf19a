"""The stages that every study has, whatever its instances come from."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from functools import partial

from rich.console import Console

from dispersion.errors import UnavailableError
from dispersion.library.known import NONE_PUBLISHED, Published
from dispersion.solution import Solution
from dispersion.study.environment import environment
from dispersion.study.export import export_models
from dispersion.study.judge import Judgement, judge
from dispersion.study.plots import figures
from dispersion.study.progress import stage
from dispersion.study.proofs import recheck_stage, refutations
from dispersion.study.selections import Chosen, as_json, selections
from dispersion.study.session import Session
from dispersion.study.tables import print_study
from dispersion.study.tasks import NetworkRow, SolveRow, Task
from dispersion.study.workers import solve_all
from solvers import prepare

EXIT_FAULT, EXIT_INPUT, EXIT_INTERRUPTED = 1, 2, 130


def solve_stage(session: Session, tasks: Sequence[Task]) -> list[tuple[Task, Solution]]:
    """Solve all tasks, in their order; fewer if interrupted."""
    options = session.options
    with session.timed("load engines"):
        for name in options.solvers:
            try:
                prepare(name, options.objective)
            except Exception as error:  # its solves will fail for the same reason, each with a row
                session.say(f"{name} cannot be loaded: {type(error).__name__}: {error}")
    session.say(
        f"{len(tasks)} solves, {options.jobs} at a time, at most {options.limits.seconds:g} s each "
        f"(engines loaded in {session.seconds['load engines']:.1f} s; compiled kernels are cached)"
    )
    solved: dict[int, Solution] = {}
    with (
        session.interruptible(),
        session.timed("solve"),
        stage("solving", len(tasks), session.console) as progress,
    ):
        for k, solution in solve_all(tasks, options.jobs):
            solved[k] = solution
            progress.step(f"{solution.solver} on {tasks[k].instance.name}: {solution.status.value}")
    return [(tasks[k], solved[k]) for k in sorted(solved)]


def solve_and_judge(
    session: Session,
    tasks: Sequence[Task],
    published: Published = NONE_PUBLISHED,
) -> tuple[Judgement, Chosen]:
    """Solve all tasks and write down rows, selections and refutations.

    If asked for, models are written before, and proofs are checked again after.
    """
    record(session, "running")
    if session.options.export is not None:
        export_models(session, tasks, session.options.export)
    solved = solve_stage(session, tasks)
    judgement = judge(solved, published)
    session.keep(lambda: session.store.solves(judgement.rows))
    chosen = selections(solved)
    session.keep(lambda: session.store.record("selections", as_json(chosen)))
    session.keep(lambda: session.store.record("refutations", refutations(solved)))
    judgement.faults[:0] = recheck_stage(session, solved)
    return judgement, chosen


def record(session: Session, outcome: str) -> None:
    """Write ``run.json``: what was asked, of what, where, how long it took, and how it ended."""
    session.store.record(
        "run",
        {
            "outcome": outcome,
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
        session.say(f"error: no report.html: {type(error).__name__}: {error}")


def draw(session: Session, rows: Sequence[SolveRow], networks: Sequence[NetworkRow]) -> None:
    """Draw the pictures that these rows allow."""
    for name, figure in figures(rows, networks).items():
        session.keep(partial(session.store.picture, name, figure))


def conclude(session: Session, judgement: Judgement) -> None:
    """Say what is wrong, or that nothing is, what is new, and where the results are."""
    for news in judgement.records:
        session.say(f"NEW {news}")
    for fault in judgement.faults:
        session.say(f"FAIL {fault}")
    if not judgement.faults:
        session.say("no contradictions: every bound holds against every answer")
    session.say(f"results in {session.store.folder}{', not all of them' if session.unwritten else ''}")


def finish(
    session: Session, judgement: Judgement, networks: Sequence[NetworkRow], output: Console
) -> int:
    """Draw, write, print and say how it ended; returns the exit code."""
    draw(session, judgement.rows, networks)
    session.about["faults"] = judgement.faults
    outcome = "interrupted" if session.interrupted else "failed" if judgement.faults else "complete"
    session.keep(lambda: record(session, outcome))
    session.keep(lambda: report(session))
    print_study(session.options.format, judgement.rows, networks, output)
    conclude(session, judgement)
    code = {"complete": 0, "failed": EXIT_FAULT, "interrupted": EXIT_INTERRUPTED}[outcome]
    return EXIT_INPUT if code == 0 and session.unwritten else code
