"""Which pictures a study leaves as files."""

from __future__ import annotations

from collections.abc import Sequence

from matplotlib.figure import Figure

from dispersion.study.analysis.profiles import middle_repeats
from dispersion.study.plots.accuracies import accuracies_against_macs
from dispersion.study.plots.gaps import gap_against_time
from dispersion.study.plotting.canvas import figure_of
from dispersion.study.rows import NetworkRow, SolveRow
from dispersion.terminal.printable import printable_row


def figures(solves: Sequence[SolveRow], networks: Sequence[NetworkRow]) -> dict[str, Figure]:
    """The pictures that these rows allow, by the name of their file; curves need two keep ratios."""
    solves, networks = [*map(printable_row, middle_repeats(solves))], [*map(printable_row, networks)]
    found = {"gap-against-time.png": figure_of(gap_against_time(solves))}
    if len({row.keep for row in networks if row.tested}) > 2:  # with the unpruned
        found["accuracy-against-macs.png"] = accuracies_against_macs(networks)
    return found
