"""One threshold on the scores of all filters."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import numpy as np
from numpy.typing import NDArray

from dispersion.errors import UnknownNameError
from pruning.allocation import allocation
from pruning.budgets.problem import BudgetProblem
from pruning.budgets.ranking import by_threshold
from pruning.budgets.scores import layer_scores
from pruning.calibration import Calibration
from pruning.criteria import Scores
from pruning.measuring.quadratic import Counts

NORMALISERS: dict[str, Callable[[Scores], float]] = {
    "mean": lambda scores: float(np.abs(scores).mean()),
    "max": lambda scores: float(np.abs(scores).max()),
    "l2": lambda scores: float(np.linalg.norm(scores)),
}
"""What the scores of a layer are divided by."""


@allocation("global", summary="one threshold on the normalised scores of all filters (Liu et al. 2017)")
def by_scores(
    problem: BudgetProblem,
    *,
    criterion: str = "l1",
    seed: int = 0,
    calibration: Calibration | None = None,
    normalise: str = "mean",
    scores: Mapping[str, NDArray[np.float64]] | None = None,
) -> Counts:
    """Rank the filters of all layers by normalised scores and let the lowest go first.

    One threshold for the whole network is from network slimming (Liu et al., ICCV 2017, section 3),
    the division by the l2 norm of a layer's scores from Molchanov et al. (ICLR 2017, section 2.2).

    Parameters
    ----------
    problem : BudgetProblem
        The layers and the budget; each layer's best filters stay, at least two.
    criterion : str
        A criterion that scores, with arguments if need be: ``whc:variant=hc``.
    seed : int
        Seed of criteria that draw random numbers.
    calibration : Calibration or None
        The network of the layers with images, for criteria that look at them.
    normalise : str
        A layer's scores are divided by the "mean", the "max" or the "l2" norm of their absolute
        values; those of a layer whose scores are all 0 stay 0.
    scores : mapping of str to ndarray of float64, shape (n,), or None
        Scores by layer, in place of the criterion's.

    Raises
    ------
    InputError
        The criterion selects sets and scores nothing, or looks at images and there are none, or
        scores are not finite or not one a filter.
    """
    if normalise not in NORMALISERS:
        raise UnknownNameError("normalise of global", normalise, NORMALISERS)
    levels = []
    for one in layer_scores(problem, criterion, seed, calibration, scores):
        unit = NORMALISERS[normalise](one)
        levels.append(-np.sort(-one) / (unit if unit > 0.0 else 1.0))
    return by_threshold(problem, levels)
