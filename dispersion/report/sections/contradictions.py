"""What cannot be true, before anything else."""

from __future__ import annotations

from dispersion.report.blocks import Block, Faults, Text
from dispersion.report.section import section
from dispersion.study.analysis.profiles import by_question
from dispersion.study.labels import rows_apart
from dispersion.study.rows import SolveRow
from dispersion.study.study import Study
from dispersion.verify import exceeded


def faults_of(study: Study) -> list[str]:
    """What the study recorded as wrong; where it recorded nothing, what its rows say is.

    Each bound is held against each answer to the same question once more, so that rows which were
    changed or joined later cannot hide behind a record that says all is well.
    """
    recorded = [str(fault) for fault in study.run.get("faults", [])]
    return recorded or _in_rows(study)


def _in_rows(study: Study) -> list[str]:
    found = []
    same: dict[object, list[SolveRow]] = {}  # under whatever names
    for row in study.solves:
        same.setdefault((row.instance_digest or row.question, row.objective_name), []).append(row)
    for question, rows in by_question(rows_apart(study.solves)).items():
        for one in rows:
            group = same[one.instance_digest or one.question, one.objective_name]
            if one.status == "error":
                found.append(f"{question}: {one.solver} failed: {one.message or 'no reason given'}")
            found += [f"{question}: {reason}" for reason in exceeded(one, group)]
    return found


@section("contradictions", "What is wrong", order=0)
def contradictions(study: Study) -> list[Block]:
    """Every FAIL; left out if there is none."""
    faults = faults_of(study)
    if not faults:
        return []
    return [
        Text(
            "Answers exclude each other, or something failed.  Resolve this before you trust the page."
        ),
        Faults(faults),
    ]
