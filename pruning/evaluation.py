"""What a choice of filters does to a network: cut it, count it, test it; recover it, test it again."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
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
from pruning.repair.recoveries import in_order
from pruning.repair.recoveries.as_cut import AS_CUT
from pruning.training import Schedule, TrainingPlan, TrainingProgress
from pruning.zoo.network import Network


@dataclass(frozen=True, slots=True, eq=False)
class EvaluationData:
    """The images that a network is tested on, and those that it may learn from.

    Parameters
    ----------
    images : ndarray of uint8, shape (n, height, width, channels)
        Test images.
    labels : ndarray of int64, shape (n,)
        Their classes.
    calibration : Calibration
        The unpruned network with a few training images.
    train, train_labels : ndarray of uint8 and of int64
        Images for fine-tuning, and their classes.
    """

    images: NDArray[np.uint8]
    labels: NDArray[np.int64]
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
        By recovery; as cut (`AS_CUT`) where none was asked for or none succeeded; empty without
        images.
    speedup : float or None
        Of one image, against the unpruned network; None unless it was asked for.
    surgery_seconds, evaluate_seconds : float
        Wall-clock time.
    faults : tuple of str
        Which layers could not be cut and keep all their filters, and which recoveries failed, each
        with the reason.
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
    data: EvaluationData | None,
    *,
    recoveries: Sequence[str] = ("bn",),
    schedule: Schedule | None = None,
    timed: bool = False,
    watch: Callable[[TrainingProgress], None] | None = None,
    checkpoint: Callable[[Network], Path] | None = None,
) -> Evaluation:
    """Prune a copy of `network` and measure it.

    Parameters
    ----------
    network : Network
        Left as it is.
    kept : mapping of layer name to kept indices
        See `pruning.cutting.surgery.prune`; empty for the network itself, which needs no recovery.
    data : EvaluationData or None
        `None` if there are no images.
    recoveries : sequence of str
        Registered recoveries to try, in any order; see `pruning.repair.recoveries`.
    schedule : Schedule or None
        Of recoveries that train; None for `Schedule.fine_tuning`.
    timed : bool
        Whether to measure the speed-up.
    watch : callable or None
        Told now and then how far a training is; see `pruning.training.train`.
    checkpoint : callable or None
        Names the file in which a training keeps its epochs, from the network it starts with.

    Returns
    -------
    Evaluation
        Size, speed and accuracies.

    Raises
    ------
    InputError
        No layer can be cut as asked for.
    UnknownNameError
        No recovery has one of the names.
    """
    begun = time.perf_counter()
    pruned, uncut = _pruned(network, kept, None if data is None else _given(data.calibration))
    size = cost(pruned)
    cut = time.perf_counter()
    tested: dict[str, Accuracies] = {}
    failed: list[str] = []
    if data is not None:
        schedule = schedule or Schedule.fine_tuning()
        plan = TrainingPlan(data.train, data.train_labels, schedule, watch, checkpoint)
        tested, failed = _accuracies(pruned, data, recoveries if kept else (), plan)
    speedup = latency(network, pruned).speedup if timed else None
    return Evaluation(
        size.parameters,
        size.macs,
        weight_bytes(pruned),
        tested,
        speedup,
        cut - begun,
        time.perf_counter() - cut,
        (*uncut, *failed),
    )


def _given(calibration: Calibration) -> NDArray[np.uint8]:
    return calibration.images[: calibration.originals]


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
    pruned: Network, data: EvaluationData, recoveries: Sequence[str], plan: TrainingPlan
) -> tuple[dict[str, Accuracies], list[str]]:
    """Accuracies by recovery, and why some recoveries have none."""
    tested: dict[str, Accuracies] = {}
    faults: list[str] = []
    latest = pruned
    for recovery in in_order(recoveries):
        if recovery.continues and faults:
            faults.append(f"{recovery.name} is not tried, as what it would start from failed")
            continue
        try:
            latest = recovery(latest if recovery.continues else pruned, data.calibration, plan)
            tested[recovery.name] = accuracies(latest, data.images, data.labels)
        except Exception as error:  # whatever a recovery meets: it costs no other's accuracy
            faults.append(f"{recovery.name} failed: {type(error).__name__}: {error}")
    return tested or {AS_CUT: accuracies(pruned, data.images, data.labels)}, faults
