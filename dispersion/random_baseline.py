"""What random selections are worth: the zero of every honest gap.

Distances concentrate in high dimension, so almost any selection of filters lies within a few percent
of the optimum.  Where greedy stands between random and optimal says more than its raw gap.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from dispersion.instance import Instance
from dispersion.leaders import leaders
from dispersion.objectives import objectives
from dispersion.quotas.clashes import clash
from dispersion.quotas.filling import Filling


@dataclass(frozen=True, slots=True)
class RandomValues:
    """Mean and best value of uniformly random selections."""

    mean: float
    best: float


def random_selection(instance: Instance, rng: np.random.Generator) -> NDArray[np.intp]:
    """p points at random; or points in random order, each unless an earlier one is too near.

    Required points come first, and excluded ones never.  With quotas each point is drawn from those
    with which the quotas can still be met.
    """
    if instance.quota:
        filling = Filling(instance)
        for point in rng.permutation(instance.n).tolist():
            if filling.may_add(point):
                filling.add(point)
        return np.array(filling.chosen, dtype=np.intp)
    known = instance.membership
    if instance.at_least is None:
        if not known:
            return rng.choice(instance.n, size=instance.p, replace=False)
        free = np.setdiff1d(np.arange(instance.n), (*known.required, *known.excluded))
        more = rng.choice(free, size=instance.p - len(known.required), replace=False)
        return np.concatenate([np.array(known.required, dtype=np.intp), more])
    order = rng.permutation(instance.n)
    if known:
        order = order[~np.isin(order, (*known.required, *known.excluded))]
        order = np.concatenate([np.array(known.required, dtype=np.intp), order])
    return leaders(instance.distances, instance.at_least, order)


def random_values(
    instance: Instance, objective_name: str = "max-min", draws: int = 100, seed: int = 0
) -> RandomValues:
    """Value `draws` random selections (see `random_selection`); the seed decides which.

    Both values are infinite where a sum of distances is too large for a float, and -infinity where no
    selection meets the quotas.
    """
    if clash(instance):
        return RandomValues(-math.inf, -math.inf)
    rng = np.random.default_rng(seed)
    objective = objectives[objective_name]
    with np.errstate(over="ignore"):
        values = [objective.worth(instance, random_selection(instance, rng)) for _ in range(draws)]
    best = max(values)
    if math.isinf(best):
        return RandomValues(best, best)
    scale = 1.0 if best * draws < math.inf else 2.0**-64  # or their sum would be too large
    short = float(np.mean([(best - value) * scale for value in values]))  # exactly 0 if all are equal
    shortfall = short / scale
    return RandomValues(best - shortfall, best)


def normalised_value(value: float, random_mean: float, best: float) -> float | None:
    """(value - random mean) / (best - random mean): 0 is random, 1 is the best known value.

    `None` where random selections are already as good as the best known.
    """
    return (value - random_mean) / (best - random_mean) if best > random_mean else None
