"""Filters as what they add to the outputs of the following layers."""

from __future__ import annotations

import numpy as np
import torch
from numpy.typing import NDArray

from pruning.calibration import Calibration
from pruning.filters import FilterLayer
from pruning.spaces import Points, space
from pruning.tracing.consumers import Consumer


@space("contributions", summary="what a filter adds to the pre-activations of the layers that read it")
def contributions(layer: FilterLayer, *, calibration: Calibration) -> Points:
    """What each channel adds to all outputs of its consumers, on calibration images.

    Returns
    -------
    ndarray of float64, shape (n, at most n)
        Inner products of rows are the mean inner products of two channels' contributions, each less
        its mean; squared distances so are mean squared differences, summed over outputs and consumers.
        Directions in which filters do not differ are left out.
    """
    gram = sum(_gram(calibration, consumer) for consumer in calibration.consumers(layer.name))
    values, vectors = np.linalg.eigh(gram)
    real = values > len(values) * np.finfo(float).eps * max(float(values[-1]), 0.0)
    if not real.any():
        return np.zeros((len(layer.points), 1))
    points: Points = vectors[:, real] * np.sqrt(values[real])
    return points


def _gram(calibration: Calibration, consumer: Consumer) -> NDArray[np.float64]:
    """Inner products of the channels' contributions to one consumer, shape (n, n).

    For rows x with covariance C and a weight W, channel j contributes x_j W_j^T; so G_ij is the sum of
    C_ab (W^T W)_ab over the columns a of i and b of j.
    """
    covariance = calibration.covariance(consumer.name)
    weight = calibration.network.module.get_submodule(consumer.name).get_parameter("weight")
    rows = weight.detach().flatten(1).double()
    columns = torch.from_numpy(consumer.columns.ravel()).to(rows.device)
    both = (covariance * (rows.T @ rows))[columns][:, columns]
    n, k = consumer.columns.shape
    gram: NDArray[np.float64] = both.reshape(n, k, n, k).sum(dim=(1, 3)).cpu().numpy()
    return gram
