"""What is known of every layer or instance."""

from __future__ import annotations

from dispersion.report.blocks import Block, Folded, Table, Text
from dispersion.report.section import section
from dispersion.report.study import Study
from dispersion.study.tables import GAP_DEFINITION, WAY_DEFINITION, solve_cells, value_cells

_NAMES = ("instance", "solver", "status", "found by", "bound by")


@section("layers", "Instance by instance", order=20)
def layers(study: Study) -> list[Block]:
    """The best value and bound of every question, and every solve below."""
    if not study.solves:
        return []
    header, lines = value_cells(study.solves)
    if all(line[-1] == "-" for line in lines):  # nothing is published of these
        header, lines = header[:-1], [line[:-1] for line in lines]
    found = Table("Best value and best bound of every instance", header, lines, _NAMES)
    solves = Table("Every solve", *solve_cells(study.solves), _NAMES)
    return [
        found,
        Text(GAP_DEFINITION, "note"),
        Folded(f"All {len(study.solves):,} solves", [solves, Text(WAY_DEFINITION, "note")]),
    ]
