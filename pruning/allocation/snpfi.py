"""SNPFI's own allocation: one share of the strength of each layer's interactions."""

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
    2307.00758).  **A reconstruction**: the paper's formulas were not available to us.  Here the
    strengths of interactions are measured at a few orders, interpolated between them, and summed from
    low orders to high ones; a layer keeps as many channels as reach the share t of that sum.  The
    threshold t follows from the budget.

    Parameters
    ----------
    problem : BudgetProblem
        The layers and the budget.
    calibration : Calibration
        Their network with labelled images.
    orders, images, pairs, contexts, seed
        As in `pruning.saliency.interactions.interaction_strengths`; the first `images` are used.  By
        default the network is run about 144 times per layer, from that layer on.

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
    """Measure a layer's interactions; parameters as in `one_strength`, the result as in `unreached`."""
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
        Strengths of the interactions at these orders; between the orders they are interpolated.

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
