"""How the solvers compare over all instances."""

from __future__ import annotations

from dispersion.report.blocks import Block, Pictures, Table, Text
from dispersion.report.charts import charts
from dispersion.report.section import section
from dispersion.study.analysis.pairwise import PAIR_DEFINITIONS, pair_cells
from dispersion.study.analysis.scores import SCORE_DEFINITIONS, score_cells
from dispersion.study.study import Study
from dispersion.study.tables import SCORE_DEFINITION, notes, summary_cells


@section("comparison", "Solvers over all instances", order=30)
def comparison(study: Study) -> list[Block]:
    """The tables of totals, and pictures that answer who is fast, who finds best, how time grows."""
    if not study.solves:
        return []
    legend = [SCORE_DEFINITION, *notes(study.solves)]
    return [
        Table("Totals", *summary_cells(study.solves), ("solver",)),
        *(Text(" ".join(line.split()), "note") for line in legend),
        Table(
            "Measures of solver competitions",
            *score_cells(study.solves, study.trace_points()),
            ("solver",),
        ),
        Text(SCORE_DEFINITIONS, "note"),
        *_pairs(study),
        Pictures(charts(study)),
    ]


def _pairs(study: Study) -> list[Block]:
    """Who is shown to differ from whom."""
    header, lines = pair_cells(study.solves)
    names = ("solver", "against", "by", "95 % interval", "result")
    table = Table("Solvers compared pairwise", header, lines, names)
    return [table, Text(PAIR_DEFINITIONS, "note")] if lines else []
