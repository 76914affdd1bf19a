"""An evaluation as lines of tables."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dispersion.study.rows import RECOVERIES, AccuracyRow, NetworkRow
from dispersion.study.selections import Method

if TYPE_CHECKING:
    from pruning.evaluation import Evaluation
    from pruning.measuring.accuracy import Accuracies


def network_row(model: str, method: Method, found: Evaluation) -> NetworkRow:
    """Its line in ``networks.csv``."""
    assert method.keep is not None
    accuracies = {
        f"accuracy_{name}": found.accuracies[name].top1.value if name in found.accuracies else None
        for name in RECOVERIES
    }
    return NetworkRow(
        model=model,
        method=method.solver,
        keep=method.keep,
        seed=method.seed,
        parameters=found.parameters,
        macs=found.macs,
        weight_bytes=found.weight_bytes,
        **accuracies,
        speedup=found.speedup,
        surgery_seconds=found.surgery_seconds,
        evaluate_seconds=found.evaluate_seconds,
    )


def accuracy_rows(model: str, method: Method, found: Evaluation) -> list[AccuracyRow]:
    """Its lines in ``accuracies.csv``, one a recovery."""
    return [_accuracy_row(model, method, name, one) for name, one in found.accuracies.items()]


def _accuracy_row(model: str, method: Method, recovery: str, found: Accuracies) -> AccuracyRow:
    assert method.keep is not None
    top5 = found.top5
    return AccuracyRow(
        model,
        method.solver,
        method.keep,
        method.seed,
        recovery,
        found.top1.of,
        found.top1.value,
        *found.top1.interval,
        *((None, None, None) if top5 is None else (top5.value, *top5.interval)),
    )
