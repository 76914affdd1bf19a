"""Re-estimate the statistics of batch norms."""

from __future__ import annotations

import numpy as np
import torch
from numpy.typing import NDArray
from torch.nn.modules.batchnorm import _BatchNorm

from dispersion.errors import InputError
from pruning.batches import batches
from pruning.calibration import Calibration
from pruning.repair.recoveries import recovery
from pruning.zoo.network import Network


@recovery("bn", label="BN re-estimation", order=10)
def batchnorm(network: Network, *, calibration: Calibration) -> Network:
    """Average batch norms' statistics over the calibration images, not mirrored."""
    return reestimate_batchnorm(network, calibration.images[: calibration.originals])


def reestimate_batchnorm(network: Network, images: NDArray[np.uint8], batch: int = 100) -> Network:
    """Replace the running statistics of all batch norms by averages over `images`.

    Pruning changes the inputs of batch norms, so the statistics of the unpruned network are wrong;
    weights stay as they are.  Dropout stays off.  The answer is deterministic on a CPU.

    Parameters
    ----------
    network : Network
        Left as it is.
    images : ndarray of uint8, shape (n, height, width, channels)
        Training images, two or more.
    batch : int
        The most images in a batch, at least 3, so that none is ever left alone; every batch counts
        the same, and they are as equal in size as can be.

    Returns
    -------
    Network
        A copy in evaluation mode; without batch norms, an equal one.

    Raises
    ------
    InputError
        Fewer than two images or images that do not fit the network, or a batch below 3.

    References
    ----------
    Li et al., "EagleEye: Fast Sub-net Evaluation for Efficient Neural Network Pruning" (2020),
    section 3.3.
    """
    if len(images) < 2 or batch < 3:
        raise InputError(
            f"batch norms need 2 images or more, in batches of 3 or more, not {len(images)} in"
            f" batches of {batch}"
        )
    repaired = network.copy()
    norms = [module for module in repaired.module.modules() if isinstance(module, _BatchNorm)]
    momenta = [norm.momentum for norm in norms]
    for norm in norms:
        norm.reset_running_stats()
        norm.momentum = None  # a plain average over the batches
        norm.train()
    with torch.inference_mode():
        for inputs in batches(repaired, images, batch):
            repaired.module(inputs)
    for norm, momentum in zip(norms, momenta, strict=True):
        norm.momentum = momentum
        norm.eval()
    return repaired
