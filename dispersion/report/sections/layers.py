"""What is known of every layer or instance."""

from __future__ import annotations

from collections.abc import Sequence

from dispersion.report.blocks import Block, Folded, Picture, Table, Text
from dispersion.report.section import section
from dispersion.report.svg import draw, inline_svg
from dispersion.study.plots.values import values_by_instance
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


def _picture(k: int, rows: Sequence[SolveRow]) -> Picture:
    keep = rows[0].keep
    at = "" if keep is None else f" at keep {keep:g}"
    ax = draw(values_by_instance, rows, size=(10.6, 4.2))
    alt = f"Objectives{at} of every solver as shares of the best known, one column per instance."
    caption = f"Every answer{at} as a share of the best known value, and the random baseline."
    return Picture(inline_svg(ax, f"values-{k}", alt), caption, wide=True)
