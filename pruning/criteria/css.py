"""Column subset selection: the channels from which the next layer is rebuilt best."""

from __future__ import annotations

import numpy as np

from pruning.calibration import Calibration
from pruning.criteria import Indices, need, selecting
from pruning.criteria._forward import forward
from pruning.filters import FilterLayer


@selecting("css", summary="the channels from which least squares rebuilds the next layer best (ours)")
def css(layer: FilterLayer, p: int, *, calibration: Calibration, ridge: float = 1e-2) -> Indices:
    """Select p channels by forward selection.  (Prototype.)"""
    need(ridge > 0.0, f"css needs a ridge above 0, not {ridge!r}.")
    (reader,) = calibration.readers(layer.name)
    module = calibration.network.module.get_submodule(reader.name)
    weight = module.get_parameter("weight").detach().flatten(1).double().cpu().numpy()
    columns = reader.columns.ravel()
    full = calibration.moments(reader.name).covariance.cpu().numpy()
    gram, cross = full[np.ix_(columns, columns)], full[columns] @ weight.T
    gram[np.diag_indices_from(gram)] += ridge * gram.diagonal().mean()
    order, _ = forward(gram, cross, reader.columns.shape[1], p)
    return np.sort(np.asarray(order, dtype=np.int64))
