"""What the selections are worth as pruned networks."""

from __future__ import annotations

from dispersion.report.blocks import Block, Items, Picture, Pictures, Table, Text
from dispersion.report.section import section
from dispersion.report.svg import draw, inline_svg
from dispersion.report.words import count
from dispersion.study.analysis.accuracy_correlation import correlation_lines
from dispersion.study.plots.accuracies import accuracy_against_macs
from dispersion.study.plots.accuracy_by_method import accuracy_by_method
from dispersion.study.rows import RECOVERIES, recoveries_of
from dispersion.study.study import Study
from dispersion.study.tables import network_cells


@section("accuracy", "Accuracy of the pruned networks", order=50)
def accuracy(study: Study) -> list[Block]:
    """A picture for every recovery, the table, and whether better selections are better."""
    if not study.networks:
        return []
    pictures = _pictures(study)
    blocks: list[Block] = [Pictures(pictures)] if pictures else []
    blocks.append(Table("Pruned networks", *network_cells(study.networks), ("method",)))
    if study.accuracies:
        images = study.accuracies[0].images
        blocks.append(
            Text(
                f"Top-1 accuracy on {images:,} test images; ± is half the range over the seeds.", "note"
            )
        )
    heading, *lines = correlation_lines(study.solves, study.networks) or [""]
    return [*blocks, Items(heading, lines)] if lines else blocks


def _pictures(study: Study) -> list[Picture]:
    """Curves over the MACs; dots with intervals where one keep ratio is no curve."""
    if len({row.keep for row in study.networks if row.method != "unpruned"}) > 1:
        return [_curves(study, name) for name in recoveries_of(study.networks)]
    pruned = [row for row in study.accuracies if row.method != "unpruned"]
    return [_dots(study, name) for name in dict.fromkeys(row.recovery for row in pruned)]


def _curves(study: Study, recovery: str) -> Picture:
    ax = draw(accuracy_against_macs, study.networks, recovery)
    alt = (
        f"Curves of test accuracy against multiply-accumulates, {RECOVERIES[recovery]}, one per method."
    )
    caption = (
        "Accuracy against the multiply-accumulates that remain.  Bars show the range over the seeds."
    )
    return Picture(inline_svg(ax, f"accuracy-{recovery}", alt), caption)


def _dots(study: Study, recovery: str) -> Picture:
    rows = [row for row in study.accuracies if row.recovery == recovery and row.method != "unpruned"]
    methods = len({row.method for row in rows})
    ax = draw(accuracy_by_method, study.accuracies, recovery, size=(5.2, 1.3 + 0.22 * methods))
    alt = (
        f"Test accuracy, {RECOVERIES.get(recovery, recovery)}, with 95 % intervals, of "
        f"{count(methods, 'method')}, the most accurate on top."
    )
    caption = (
        f"Who keeps the most accuracy?  A dot a network, with its 95 % interval on {rows[0].images:,} "
        "test images; several seeds of a method lie close together."
    )
    return Picture(inline_svg(ax, f"accuracy-{recovery}", alt), caption)
