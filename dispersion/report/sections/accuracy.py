"""What the selections are worth as pruned networks."""

from __future__ import annotations

from dispersion.report.blocks import Block, Items, Picture, Pictures, Table, Text
from dispersion.report.section import section
from dispersion.report.svg import draw, inline_svg
from dispersion.study.analysis.accuracy_correlation import correlation_lines
from dispersion.study.plots.accuracies import accuracy_against_macs
from dispersion.study.rows import RECOVERIES, recoveries_of
from dispersion.study.study import Study
from dispersion.study.tables import network_cells


@section("accuracy", "Accuracy of the pruned networks", order=50)
def accuracy(study: Study) -> list[Block]:
    """A curve a method for every recovery, the table, and whether better selections are better."""
    if not study.networks:
        return []
    pictures = [_picture(study, name) for name in recoveries_of(study.networks)]
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


def _picture(study: Study, recovery: str) -> Picture:
    ax = draw(accuracy_against_macs, study.networks, recovery)
    alt = (
        f"Curves of test accuracy against multiply-accumulates, {RECOVERIES[recovery]}, one per method."
    )
    caption = (
        "Accuracy against the multiply-accumulates that remain.  Bars show the range over the seeds."
    )
    return Picture(inline_svg(ax, f"accuracy-{recovery}", alt), caption)
