"""What a choice of filters does to a network: cut, count, test, re-estimate, test again."""

from __future__ import annotations

import time
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from pruning.kept import Kept
from pruning.measure import accuracy, cost
from pruning.recovery import reestimate_batchnorm
from pruning.surgery import prune
from pruning.zoo.network import Network


@dataclass(frozen=True, slots=True, eq=False)
class Exam:
    """The images a network is judged by.

    Parameters
    ----------
    images : ndarray of uint8, shape (n, height, width, channels)
        Test images.
    labels : ndarray of int64, shape (n,)
        Their classes.
    calibration : ndarray of uint8, shape (m, height, width, channels)
        Unlabelled training images for batch-norm re-estimation.
    """

    images: NDArray[np.uint8]
    labels: NDArray[np.int64]
    calibration: NDArray[np.uint8]


@dataclass(frozen=True, slots=True)
class Evaluation:
    """Size and accuracy of a network; accuracies are fractions, `None` without images."""

    parameters: int
    macs: int
    accuracy_raw: float | None
    accuracy_bn: float | None
    surgery_seconds: float
    evaluate_seconds: float


def evaluate(network: Network, kept: Kept, exam: Exam | None) -> Evaluation:
    """Prune a copy of `network` and measure it.

    Parameters
    ----------
    network : Network
        Left as it is.
    kept : mapping of layer name to kept indices
        See `pruning.surgery.prune`; empty for the network itself, whose batch norms are left alone
        (``accuracy_bn`` is `None`).
    exam : Exam or None
        `None` if there are no images.

    Returns
    -------
    Evaluation
        Parameters, MACs of one image, and test accuracy before and after batch-norm re-estimation.
    """
    begun = time.perf_counter()
    pruned = prune(network, kept) if kept else network
    size = cost(pruned)
    cut = time.perf_counter()
    raw = after = None
    if exam is not None:
        raw = accuracy(pruned, exam.images, exam.labels)
        if kept:
            recovered = reestimate_batchnorm(pruned, exam.calibration)
            after = accuracy(recovered, exam.images, exam.labels)
    return Evaluation(size.parameters, size.macs, raw, after, cut - begun, time.perf_counter() - cut)
