"""Solves that were not made, since the solver does not take such an instance: said, never counted."""

from __future__ import annotations

from collections.abc import Sequence

from dispersion.solution import Status
from dispersion.study.labels import rows_apart
from dispersion.study.rows import SolveRow


def skipped(row: SolveRow) -> bool:
    """Whether the solver does not take the instance."""
    return row.status == Status.SKIPPED.value


def skipped_lines(rows: Sequence[SolveRow]) -> list[str]:
    """How many solves each solver skipped, and the reason of the first, one line per solver."""
    lines, rows = [], rows_apart(rows)
    for name in dict.fromkeys(row.solver for row in rows if skipped(row)):
        mine = [row for row in rows if row.solver == name]
        left_out = [row for row in mine if skipped(row)]
        first = f"{left_out[0].question}: {left_out[0].message}"
        such = "" if len(left_out) == 1 else "such as "
        lines.append(f"{name} skipped {len(left_out)} of {len(mine)} solves, {such}{first}")
    return lines
