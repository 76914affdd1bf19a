"""What a choice of filters does to a network: cut, count, test; repair, test again."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from dispersion.errors import InputError
from pruning.calibration import Calibration
from pruning.cutting.kept import Kept
from pruning.cutting.surgery import prune
from pruning.measuring.accuracy import Accuracies, accuracies
from pruning.measuring.cost import cost, weight_bytes
from pruning.measuring.timing import latency
from pruning.repair.batchnorm import reestimate_batchnorm
from pruning.repair.reconstruction import reconstruct
from pruning.training import Headway, Schedule, train
from pruning.zoo.network import Network

RAW, BATCH_NORM, LEAST_SQUARES, FINE_TUNING = "raw", "bn", "ls", "ft"
"""What was done to a pruned network before it was tested."""


@dataclass(frozen=True, slots=True, eq=False)
class Exam:
    """The images a network is judged by, and those it may learn from.

    Parameters
    ----------
    images : ndarray of uint8, shape (n, height, width, channels)
        Test images.
    labels : ndarray of int64, shape (n,)
        Their classes.
    unlabelled : ndarray of uint8, shape (m, height, width, channels)
        Training images for batch-norm re-estimation.
    calibration : Calibration
        The unpruned network at work on them, for least squares.
    train, train_labels : ndarray of uint8 and of int64
        Images for fine-tuning, and their classes.
    """

    images: NDArray[np.uint8]
    labels: NDArray[np.int64]
    unlabelled: NDArray[np.uint8]
    calibration: Calibration
    train: NDArray[np.uint8]
    train_labels: NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Evaluation:
    """Size, speed and accuracy of a network.

    Parameters
    ----------
    parameters, macs, weight_bytes : int
        As `cost` and `weight_bytes` count them.
    accuracies : dict of str to Accuracies
        By what was done before the test: "raw", "bn", "ls" or "ft"; empty without images.
    speedup : float or None
        Of one image, against the unpruned network; None unless it was asked for.
    surgery_seconds, evaluate_seconds : float
        Wall-clock time.
    faults : tuple of str
        Why: of each layer that could not be cut and keeps all its filters, and of each recovery that
        failed, which has no accuracies then.
    """

    parameters: int
    macs: int
    weight_bytes: int
    accuracies: dict[str, Accuracies]
    speedup: float | None
    surgery_seconds: float
    evaluate_seconds: float
    faults: tuple[str, ...] = ()


def evaluate(
    network: Network,
    kept: Kept,
    exam: Exam | None,
    *,
    recoveries: tuple[str, ...] = (BATCH_NORM,),
    schedule: Schedule | None = None,
    timed: bool = False,
    watch: Callable[[Headway], None] | None = None,
    checkpoint: Callable[[Network], Path] | None = None,
) -> Evaluation:
    """Prune a copy of `network` and measure it.

    Parameters
    ----------
    network : Network
        Left as it is.
    kept : mapping of layer name to kept indices
        See `pruning.cutting.surgery.prune`; empty for the network itself, which needs no recovery.
    exam : Exam or None
        `None` if there are no images.
    recoveries : tuple of str
        Which of "bn", "ls" and "ft" to try; fine-tuning starts from the least squares, if that is
        among them, else from re-estimated batch norms.
    schedule : Schedule or None
        Of the fine-tuning; None for `Schedule.fine_tuning`.
    timed : bool
        Whether to measure the speed-up.
    watch : callable or None
        Told now and then how far the fine-tuning is; see `pruning.training.train`.
    checkpoint : callable or None
        Names the file in which the fine-tuning keeps its epochs, from the network it starts with.

    Returns
    -------
    Evaluation
        What it is worth.
    """
    begun = time.perf_counter()
    pruned, left = _pruned(network, kept, None if exam is None else exam.unlabelled)
    size = cost(pruned)
    cut = time.perf_counter()
    tried = recoveries if kept else ()
    schedule = schedule or Schedule.fine_tuning()

    def tuning(start: Network, exam: Exam) -> Network:
        file = None if checkpoint is None else checkpoint(start)
        data = exam.train, exam.train_labels
        return train(start, *data, schedule, checkpoint=file, watch=watch)

    found, faults = ({}, ()) if exam is None else _accuracies(pruned, exam, tried, tuning)
    speedup = latency(network, pruned).speedup if timed else None
    return Evaluation(
        size.parameters,
        size.macs,
        weight_bytes(pruned),
        found,
        speedup,
        cut - begun,
        time.perf_counter() - cut,
        (*left, *faults),
    )


def _pruned(
    network: Network, kept: Kept, images: NDArray[np.uint8] | None
) -> tuple[Network, list[str]]:
    """Cut what can be cut, and say of the other layers why they keep all their filters."""
    if not kept:
        return network, []
    try:
        return prune(network, kept, images=images), []
    except InputError as error:
        first = error
    smaller, faults = network, list[str]()
    for layer in kept:
        fine = {one: kept[one] for one in (*smaller.kept, layer)}
        try:
            smaller = prune(network, fine, images=images)
        except InputError as error:
            faults.append(f"layer {layer} keeps all its filters: {error}")
    if smaller is network:
        raise first
    return smaller, faults


def _accuracies(
    pruned: Network,
    exam: Exam,
    recoveries: tuple[str, ...],
    tune: Callable[[Network, Exam], Network],
) -> tuple[dict[str, Accuracies], tuple[str, ...]]:
    """Accuracies by recovery, and why others have none; fine-tuning follows the last before it."""
    start = [pruned]
    ways: dict[str, Callable[[], Network]] = {
        BATCH_NORM: lambda: reestimate_batchnorm(pruned, exam.unlabelled),
        LEAST_SQUARES: lambda: reconstruct(exam.calibration, pruned),
        FINE_TUNING: lambda: tune(start[-1], exam),
    }
    found, faults = {RAW: accuracies(pruned, exam.images, exam.labels)}, list[str]()
    for name, make in ways.items():
        if name not in recoveries:
            continue
        if name == FINE_TUNING and faults:
            faults.append(f"{name} is not tried, as what it would start from failed")
            continue
        try:
            start.append(make())
            found[name] = accuracies(start[-1], exam.images, exam.labels)
        except Exception as error:  # whatever a repair meets: it costs no other's accuracy
            faults.append(f"{name} failed: {type(error).__name__}: {error}")
    return found, tuple(faults)
