"""A study under names that a page can show; whatever a stranger has written into a folder."""

from __future__ import annotations

import dataclasses

from dispersion.study.folder.layers import Layers
from dispersion.study.study import Study
from dispersion.terminal.printable import printable, printable_row


def printable_study(study: Study) -> Study:
    """The same study, with every name and text in its rows, selections and layers `printable`."""
    return dataclasses.replace(
        study,
        solves=[*map(printable_row, study.solves)],
        networks=[*map(printable_row, study.networks)],
        accuracies=[*map(printable_row, study.accuracies)],
        traces=[*map(printable_row, study.traces)],
        selections={
            printable(method): {printable(name): points for name, points in kept.items()}
            for method, kept in study.selections.items()
        },
        layers=None if study.layers is None else _layers(study.layers),
    )


def _layers(layers: Layers) -> Layers:
    named = {printable(name): one for name, one in layers.embeddings.items()}
    return Layers(named, None if layers.first is None else printable(layers.first), layers.kernels)
