"""What the study found: a few sentences to quote, and a few numbers."""

from __future__ import annotations

from collections.abc import Sequence

from dispersion.report.blocks import Block, Figures, Items, Text
from dispersion.report.findings import findings
from dispersion.report.section import section
from dispersion.report.sections.contradictions import faults_of
from dispersion.report.words import count, seconds
from dispersion.study.analysis.profiles import total_seconds, virtual_best
from dispersion.study.analysis.skips import skipped_lines
from dispersion.study.rows import SolveRow
from dispersion.study.study import Study


@section("verdict", "Verdict", order=10)
def verdict(study: Study) -> list[Block]:
    """What makes the rest doubtful, at most five findings, and the numbers that matter most."""
    faults = faults_of(study)
    first = _doubts(study, len(faults))
    damaged = [Items("Damaged, and therefore left out:", study.warnings)] if study.warnings else []
    if not study.solves:
        return [Text("  ".join([*first, "No solve was finished."]), "lead"), *damaged]
    skips = skipped_lines(study.solves)
    left_out = [Items("Skipped; these count as not solved:", skips)] if skips else []
    conditions = [*_budget(study), *_shared(study.solves)]
    return [
        *([Text("  ".join(first), "lead")] if first else []),
        Items("", findings(study), "lead"),
        *([Text("  ".join(conditions), "note")] if conditions else []),
        *damaged,
        *left_out,
        Figures(_figures(study, len(faults))),
    ]


def _doubts(study: Study, faults: int) -> list[str]:
    """That something is wrong, or missing."""
    said = []
    if faults:
        said.append(f"{count(faults, 'FAIL')}: read the section on what is wrong first.")
    if study.outcome in ("running", "interrupted"):
        said.append(f"The study is {study.outcome}; the page shows what was finished by then.")
    return said


def _figures(study: Study, faults: int) -> list[tuple[str, str]]:
    best = virtual_best(study.solves)
    proven = sum(row.status == "optimal" for row in best)
    return [
        (f"{len(study.solves):,}", "solves"),
        (f"{proven} / {len(best)}", "optima proven"),
        (seconds(sum(map(total_seconds, study.solves))), "total solving time"),
        (str(faults), "FAIL" if faults == 1 else "FAILs"),
    ]


def _shared(rows: Sequence[SolveRow]) -> list[str]:
    """How many times are overestimated because other solves ran beside them."""
    shared = sum(row.shared for row in rows)
    if not shared:
        return []
    which = "All times were" if shared == len(rows) else f"{shared} of the {len(rows)} times "
    which += "" if shared == len(rows) else "was" if shared == 1 else "were"
    return [
        f"{which} measured while other solves ran on the same machine, and therefore overestimated."
    ]


def _budget(study: Study) -> list[str]:
    """What "keep" means where a budget was divided among the layers."""
    budget = study.run.get("options", {}).get("subject", {}).get("budget")
    if not budget:
        return []
    return [f"On this page, keep is the share of {budget[0].partition('=')[0]} that remains."]
