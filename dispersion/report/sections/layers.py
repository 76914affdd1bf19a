"""What is known of every layer or instance."""

from __future__ import annotations

from collections.abc import Sequence

from dispersion.report.blocks import Block, Folded, Picture, Pictures, Table, Text
from dispersion.report.section import section
from dispersion.report.svg import draw, inline_svg
from dispersion.report.words import listed
from dispersion.study.analysis.profiles import by_question
from dispersion.study.plots.values import values_by_instance
from dispersion.study.plotting.canvas import solver_names
from dispersion.study.rows import SolveRow
from dispersion.study.study import Study
from dispersion.study.tables import (
    GAP_DEFINITION,
    SCORE_DEFINITION,
    notes,
    solve_cells,
    value_cells,
)

_NAMES = ("instance", "solver", "status", "found by", "bound by")
_FEW = 5  # instances, for a picture of half the width


@section("layers", "Instance by instance", order=20, network_title="Layer by layer")
def layers(study: Study) -> list[Block]:
    """The best value and bound of every question, and every solve below."""
    if not study.solves:
        return []
    header, lines = value_cells(study.solves)
    if all(line[-1] == "-" for line in lines):  # nothing is published of these
        header, lines = header[:-1], [line[:-1] for line in lines]
    pictures = [_picture(k, rows) for k, rows in enumerate(_by_keep(study.solves)) if len(rows) > 1]
    what = "layer" if study.model else "instance"
    found = Table(f"Best value and best bound of every {what}", header, lines, _NAMES)
    solves = Table("Every solve", *solve_cells(study.solves), _NAMES)
    legend = [SCORE_DEFINITION, *notes(study.solves)]
    return [
        *pictures,
        found,
        Text(GAP_DEFINITION, "note"),
        Folded(
            f"All {len(study.solves):,} solves",
            [solves, *(Text(" ".join(line.split()), "note") for line in legend)],
        ),
    ]


def _by_keep(rows: Sequence[SolveRow]) -> list[list[SolveRow]]:
    """The rows of each keep ratio; those of given p together."""
    keeps = dict.fromkeys(row.keep for row in rows)
    return [[row for row in rows if row.keep == keep] for keep in keeps]


def _picture(k: int, rows: Sequence[SolveRow]) -> Picture | Pictures:
    """Over the width of the page, or half of it for a few instances."""
    keep, solvers = rows[0].keep, solver_names(rows)
    wide = len(by_question(rows)) > _FEW
    at = "" if keep is None else f", at keep {keep:g}"
    ax = draw(values_by_instance, rows, size=(10.6 if wide else 5.2, 2.4 + 0.25 * len(solvers)))
    alt = (
        f"Table of shades{at}: how many per cent each of {listed(solvers)} is below the best known "
        "value, one column per instance."
    )
    caption = (
        f"Who is how far from the best, and where{at}?  Per cent below the best known value; no shade: "
        "at the best; -: no answer.  Solvers are sorted by their mean; several runs stand at theirs."
    )
    picture = Picture(inline_svg(ax, f"values-{k}", alt), caption, wide)
    return picture if wide else Pictures([picture])
