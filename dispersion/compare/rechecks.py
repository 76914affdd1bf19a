"""Proofs derived again, if that is asked for."""

from __future__ import annotations

import dataclasses
from collections import Counter
from collections.abc import Sequence

from dispersion.compare.session import CommandSession
from dispersion.solution import Solution, Status
from dispersion.study.progress import stage
from dispersion.study.refutations import ByMethod, put
from dispersion.study.task import Task
from solvers import Finding, Recheck, recheck

Solved = Sequence[tuple[Task, Solution]]


def _as_json(result: Recheck) -> dict[str, object]:
    return {
        "bound": result.bound,
        "finding": result.finding.value,
        "faults": list(result.faults),
        "remark": result.remark,
        "checked": [
            {
                **dataclasses.asdict(one.refutation),
                "finding": one.finding.value,
                "decided_by": one.by,
                "seconds": one.seconds,
                "witness": None if one.witness is None else one.witness.tolist(),
                "value_of_witness": one.value,
                "remark": one.remark,
            }
            for one in result.checked
        ],
    }


def recheck_stage(session: CommandSession, solved: Solved) -> dict[Task, list[str]]:
    """Check every proven optimum again; returns whose are false, and why in whole sentences.

    Writes ``rechecks.json``.  Nothing is done unless ``--recheck`` says for how many seconds each.
    """
    seconds = session.options.recheck
    if seconds is None:
        return {}
    proven = [(task, solution) for task, solution in solved if solution.status is Status.OPTIMAL]
    kept: ByMethod = {}
    results: list[tuple[Task, Recheck]] = []
    with (
        session.interruptible(),
        session.timed("recheck"),
        stage("re-checking", len(proven), session.console) as progress,
    ):
        for task, solution in proven:
            threads = session.options.jobs * session.options.limits.threads  # nothing else runs
            result = recheck(task.instance, solution, seconds=seconds, threads=threads)
            results.append((task, result))
            put(kept, task, _as_json(result))
            progress.step(f"{solution.solver} on {task.instance.name}: {result.finding.value}")
    session.keep(lambda: session.store.write_json("rechecks", kept))
    session.say(_summary([result for _, result in results], len(proven), seconds))
    return {
        task: [f"{task.question}: {fault}" for fault in result.faults]
        for task, result in results
        if result.faults
    }


def _summary(results: Sequence[Recheck], proven: int, seconds: float) -> str:
    """One line that counts the findings, and names the solvers whose proofs have no second way."""
    count = Counter(result.finding for result in results)
    without = count[Finding.NO_EVIDENCE]
    line = (
        f"re-checked {len(results) - without} of {proven} proven optima: "
        f"{count[Finding.CONFIRMED]} confirmed, "
        f"{count[Finding.UNDECIDED]} not decided in {seconds:g} s, "
        f"{count[Finding.CONTRADICTED]} contradicted"
    )
    silent = sorted({one.solver for one in results if one.finding is Finding.NO_EVIDENCE})
    return f"{line}; {without} of {', '.join(silent)} not rechecked" if without else line
