"""One threshold on how much of the strength of each layer's interactions is reached."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from pruning.allocation import allocation
from pruning.budgets.problem import BudgetProblem
from pruning.budgets.ranking import by_threshold
from pruning.calibration import Calibration
from pruning.calibration.once import once
from pruning.filters import FilterLayer
from pruning.measuring.quadratic import Counts
from pruning.parameters import need
from pruning.saliency.game import Game
from pruning.saliency.interactions import ORDERS, interaction_strengths


@allocation(
    "snpfi",
    summary="one share of the strength of interactions among each layer's channels (Tang et al. 2023)",
    reconstruction="the strengths and the threshold: only the abstract was read",
)
def one_strength(
    problem: BudgetProblem,
    *,
    calibration: Calibration,
    orders: Sequence[float] = ORDERS,
    images: int = 32,
    pairs: int = 4,
    contexts: int = 1,
    seed: int = 0,
) -> Counts:
    """Keep in every layer the channels by which a share t of its strength is reached, with one t.

    SNPFI sets the sparsity of a layer by its filter utilization strength (Tang, Wei and Li, arXiv
    2307.00758).  **A reconstruction**: the paper's formulas were not available to us.  The rule is that
    of `pruning.criteria.snpfi.utilization`, at every count in place of the few orders that are looked
    at, and with the threshold t following from the budget.

    Parameters
    ----------
    problem : BudgetProblem
        The layers and the budget.
    calibration : Calibration
        Their network with labelled images.
    orders, images, pairs, contexts, seed
        As of `pruning.criteria.snpfi.utilization`.  By default some 144 runs of the network a layer,
        from that layer on.

    Raises
    ------
    InputError
        The images have no labels, or an argument is out of range.
    """
    how = {"images": images, "pairs": pairs, "contexts": contexts, "seed": seed}
    ascending = tuple(sorted(orders))
    levels = [
        once(strength_left, layer, calibration, orders=ascending, **how) for layer in problem.layers
    ]
    return by_threshold(problem, levels)


def strength_left(
    layer: FilterLayer,
    calibration: Calibration,
    *,
    orders: Sequence[float],
    images: int,
    pairs: int,
    contexts: int,
    seed: int,
) -> NDArray[np.float64]:
    """Measure a layer's interactions; arguments as of `one_strength`, the answer as of `unreached`."""
    need(images >= 1, f"snpfi needs 1 image or more, not {images}.")
    n = len(layer.points)
    if n < 2:  # a pair interacts, one channel does not
        return np.zeros(n)
    game, rng = Game(layer.name, calibration, images), np.random.default_rng(seed)
    return unreached(n, orders, interaction_strengths(game, n, orders, pairs, contexts, rng))


def unreached(n: int, orders: Sequence[float], strengths: NDArray[np.float64]) -> NDArray[np.float64]:
    """The share of a layer's strength that fewer channels do not reach.

    Parameters
    ----------
    n : int
        Its channels.
    orders : sequence of float
        Shares of the channels, ascending.
    strengths : ndarray of float64, shape (orders,)
        Of the interactions at these orders; in between they are interpolated.

    Returns
    -------
    ndarray of float64, shape (n,)
        For p = 1 (all of it) to n, what p - 1 channels leave of it; never increasing.  0 where nothing
        interacts.
    """
    cumulative = np.cumsum(np.interp(np.arange(n + 1) / n, orders, strengths)[1:])
    if cumulative[-1] == 0.0:
        return np.zeros(n)
    left: NDArray[np.float64] = 1.0 - np.append(0.0, cumulative[:-1]) / cumulative[-1]
    return left
