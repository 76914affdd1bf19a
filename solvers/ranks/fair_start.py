"""Where max-min methods start under quotas: farthest points that can be completed, then swaps."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from dispersion.instance import Instance
from dispersion.objectives import MAX_MIN
from dispersion.quotas.filling import Filling
from dispersion.quotas.quota import Swaps

Selected = NDArray[np.intp]


def farthest_allowed(instance: Instance) -> Selected:
    """Farthest points, each among those with which the quotas can still be met.

    It begins at an end of the longest distance that may be chosen.  Ties go to the lowest index.
    """
    distances, filling = instance.distances, Filling(instance)
    nearest = distances.max(axis=1)
    while not filling.done:
        point = int(np.where(filling.open(), nearest, -1.0).argmax())
        first = len(filling.chosen) == 0
        filling.add(point)
        nearest = distances[point] if first else np.minimum(nearest, distances[point])
    return np.array(filling.chosen, dtype=np.intp)


def climbed(instance: Instance, selected: Selected) -> Selected:
    """The selection after swaps that keep the quotas, each the best for an end of the closest pair."""
    swaps = Swaps(instance.quota, instance.n)
    value = MAX_MIN.value(instance.distances, selected)
    while True:
        best, better = value, selected
        for leaver in _closest(instance, selected):
            rest = selected[selected != leaver]
            reach = instance.distances[:, rest].min(axis=1)
            reach = np.minimum(reach, _least(instance, rest))
            allowed = swaps.allowed(selected, int(leaver))
            enterer = int(np.where(allowed, reach, -1.0).argmax())
            if allowed[enterer] and reach[enterer] > best:
                best, better = float(reach[enterer]), np.append(rest, enterer)
        if best <= value:
            return np.sort(selected)
        value, selected = best, better


def _closest(instance: Instance, selected: Selected) -> Selected:
    """The two points of a selection that are nearest to each other."""
    among = instance.distances[np.ix_(selected, selected)]
    np.fill_diagonal(among, np.inf)
    return selected[list(np.unravel_index(int(among.argmin()), among.shape))]


def _least(instance: Instance, rest: Selected) -> float:
    """The smallest distance among points; infinite if there is one."""
    return MAX_MIN.value(instance.distances, rest) if len(rest) > 1 else np.inf


def fair_start(instance: Instance) -> Selected:
    """Farthest points that meet the quotas, improved by swaps."""
    return climbed(instance, farthest_allowed(instance))
