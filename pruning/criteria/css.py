"""Column subset selection: the channels from which the next layer can be rebuilt best."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from pruning.calibration import Calibration
from pruning.criteria import Indices, need, selecting
from pruning.criteria._exchange import exchange
from pruning.criteria._forward import forward
from pruning.filters import FilterLayer
from pruning.readers import Reader

_Matrix = NDArray[np.float64]


@selecting("css", summary="the channels from which least squares rebuilds the next layer best (ours)")
def css(
    layer: FilterLayer, p: int, *, calibration: Calibration, ridge: float = 1e-2, swaps: int = 20
) -> Indices:
    """Select p channels by forward selection with orthogonal least squares, then exchange some.

    Every reader of the layer is a regression: its outputs on calibration images on the p channels that
    stay, each with as many columns as the kernel has positions.  Channels are added one by one, always
    the one with which the sum of squares left falls most, outputs being weighed by the scale that the
    batch norm behind them gives them.  Then members are swapped for outsiders while that lowers it
    further.  What is left, `reconstruct` fits in the end.

    Column subset selection: Boutsidis, Mahoney and Drineas, SODA 2009; orthogonal least squares: Chen,
    Billings and Luo, International Journal of Control 50, 1989.  Choosing channels by the error of the
    next layer: Luo, Wu and Lin, "ThiNet", ICCV 2017 (there with one factor a channel).

    Parameters
    ----------
    layer : FilterLayer
        Of the calibrated network.
    p : int
        How many to select.
    calibration : Calibration
        The network with images; labels are not used.
    ridge : float
        Penalty on squared weights, as a share of the mean variance of a column; above 0.
    swaps : int
        The most swaps; 0 for forward selection alone.
    """
    need(0.0 < ridge < np.inf, f"css needs a finite ridge above 0, not {ridge!r}.")
    need(swaps >= 0, f"css needs 0 swaps or more, not {swaps!r}.")
    found = [regression(calibration, one, ridge) for one in calibration.readers(layer.name)]
    problems = [(one.gram, one.cross) for one in found]
    order, _ = forward(problems, p, len(layer.points))
    return np.sort(np.asarray(exchange(problems, order, len(layer.points), swaps), dtype=np.int64))


@dataclass(frozen=True, slots=True, eq=False)
class Regression:
    """A reader's outputs on its inputs, by sums of products over the samples.

    Parameters
    ----------
    gram : ndarray, shape (n * k, n * k)
        Of the columns, channel by channel, a ridge on the diagonal.
    cross : ndarray, shape (n * k, outputs)
        Of the columns with the outputs.
    whole : float
        The sum of squares of the outputs.
    """

    gram: _Matrix
    cross: _Matrix
    whole: float


def regression(calibration: Calibration, reader: Reader, ridge: float) -> Regression:
    """Set up the regression of one reader; its sums are means over the samples."""
    columns = reader.columns.ravel()
    gram = calibration.covariance(reader.name).cpu().numpy()[np.ix_(columns, columns)]
    module = calibration.network.module.get_submodule(reader.name)
    weight = module.get_parameter("weight").detach().cpu().double().flatten(1).numpy()[:, columns]
    weight = weight * calibration.scale(reader.name)[:, None]
    cross = gram @ weight.T
    whole = float((weight.T * cross).sum())
    gram[np.diag_indices_from(gram)] += ridge * max(gram.diagonal().mean(), np.finfo(float).tiny)
    return Regression(gram, cross, whole)
