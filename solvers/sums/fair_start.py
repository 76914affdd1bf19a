"""Where max-sum methods start under quotas: insertion that can be completed, then swaps."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from dispersion.instance import Instance
from dispersion.quotas.filling import Filling
from dispersion.quotas.quota import Swaps

Selected = NDArray[np.intp]

_GAIN = 1e-12  # of the value a point: below rounding, a gain may be none


def insertion_allowed(instance: Instance) -> Selected:
    """Add the point with the largest sum to those chosen, of those with which quotas can be met.

    It begins at an end of the longest distance that may be chosen.  Ties go to the lowest index.
    """
    distances, filling = instance.distances, Filling(instance)
    gain = distances.max(axis=1)
    while not filling.done:
        point = int(np.where(filling.open(), gain, -np.inf).argmax())
        first = len(filling.chosen) == 0
        filling.add(point)
        gain = distances[point].copy() if first else gain + distances[point]
    return np.array(filling.chosen, dtype=np.intp)


def best_swap(instance: Instance, selected: Selected, swaps: Swaps) -> Selected | None:
    """The selection after the swap that gains most and keeps the quotas; `None` if none gains."""
    distances = instance.distances
    sums = distances[:, selected].sum(axis=1)
    best, better = _GAIN * float(sums[selected].sum()) / len(selected), None
    for place, leaver in enumerate(selected.tolist()):
        gain = sums - sums[leaver] - distances[leaver]
        allowed = swaps.allowed(selected, leaver)
        enterer = int(np.where(allowed, gain, -np.inf).argmax())
        if allowed[enterer] and gain[enterer] > best:
            best = float(gain[enterer])
            better = np.append(np.delete(selected, place), enterer)
    return better
