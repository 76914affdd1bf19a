"""Regressions of the outputs of the following layers on a layer's channels."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from dispersion.errors import InputError
from pruning.calibration import Calibration
from pruning.filters import FilterLayer
from pruning.parameters import need
from pruning.tracing.consumers import Consumer

_Matrix = NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class Regression:
    """A consumer's outputs on its inputs, by sums of products over the samples.

    Parameters
    ----------
    gram : ndarray, shape (n * k, n * k)
        Products of the columns, channel by channel, with a ridge added to the diagonal.
    cross : ndarray, shape (n * k, outputs)
        Products of the columns with the outputs.
    whole : float
        The sum of squares of the outputs.
    """

    gram: _Matrix
    cross: _Matrix
    whole: float


@contextmanager
def solvable(layer: FilterLayer, ridge: float) -> Iterator[None]:
    """Refuse a ridge that leaves a Gram matrix singular, where one is solved inside the block.

    Raises
    ------
    InputError
        In place of numpy's error.
    """
    try:
        yield
    except np.linalg.LinAlgError:
        raise InputError(
            f"a ridge of {ridge!r} is too small for {layer.name}, whose inputs depend on each other."
        ) from None


def regressions(layer: FilterLayer, calibration: Calibration, ridge: float) -> list[Regression]:
    """Set up the regressions of all layers that take in a layer's channels.

    Parameters
    ----------
    layer : FilterLayer
        A layer of the calibrated network.
    calibration : Calibration
        The network with images.
    ridge : float
        Penalty on squared weights, as a share of the mean variance of a column.

    Raises
    ------
    InputError
        The ridge is not a finite number above 0.
    """
    need(0.0 < ridge < np.inf, f"css needs a finite ridge above 0, not {ridge!r}.")
    return [regression(calibration, one, ridge) for one in calibration.consumers(layer.name)]


def regression(calibration: Calibration, consumer: Consumer, ridge: float) -> Regression:
    """Set up the regression of one consumer; its sums are means over the samples."""
    columns = consumer.columns.ravel()
    gram = calibration.covariance(consumer.name).cpu().numpy()[np.ix_(columns, columns)]
    module = calibration.network.module.get_submodule(consumer.name)
    weight = module.get_parameter("weight").detach().cpu().double().flatten(1).numpy()[:, columns]
    weight = weight * calibration.layers.scale(consumer.name)[:, None]
    cross = gram @ weight.T
    whole = float((weight.T * cross).sum())
    gram[np.diag_indices_from(gram)] += ridge * max(gram.diagonal().mean(), np.finfo(float).tiny)
    return Regression(gram, cross, whole)
