"""How strongly pairs of a layer's channels interact."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from pruning.parameters import need
from pruning.saliency.game import Players, Value

ORDERS = (0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9)
"""Orders of interaction that are measured, as shares of the layer's channels."""


def interaction_strengths(
    value: Value,
    players: int,
    orders: Sequence[float],
    pairs: int,
    contexts: int,
    rng: np.random.Generator,
) -> NDArray[np.float64]:
    """Measure how strongly pairs interact while given shares of the other players take part.

    Parameters
    ----------
    value : callable
        Maps a Boolean array of shape (players,), which says who takes part, to a number.
    players : int
        At least 2.
    orders : sequence of float
        How many others take part, as shares of the players in [0, 1]; at most all but the pair.
    pairs, contexts : int
        Pairs drawn for each order, and sets of others drawn for each pair.
    rng : numpy.random.Generator
        Draws both.

    Returns
    -------
    ndarray of float64, shape (orders,)
        The mean over pairs of ``|I|``, where I(i, j) is the mean over sets S of
        V(S + i + j) - V(S + i) - V(S + j) + V(S).
    """
    need(players >= 2, f"interactions need 2 channels or more, not {players}.")
    need(pairs >= 1, f"interactions need 1 pair or more, not {pairs}.")
    need(contexts >= 1, f"interactions need 1 context or more, not {contexts}.")
    need(len(orders) > 0, "interactions need 1 order or more.")
    for order in orders:
        need(0.0 <= order <= 1.0, f"an order is a share of the channels in [0, 1], not {order!r}.")
    sizes = [min(players - 2, round(order * players)) for order in orders]
    return np.array(
        [
            np.mean([abs(_interaction(value, players, size, contexts, rng)) for _ in range(pairs)])
            for size in sizes
        ]
    )


def _interaction(
    value: Value, players: int, size: int, contexts: int, rng: np.random.Generator
) -> float:
    """The mean interaction of one random pair over random sets of `size` others."""
    i, j = pair = rng.choice(players, 2, replace=False)
    others = np.delete(np.arange(players), pair)
    total = 0.0
    for _ in range(contexts):
        active: Players = np.zeros(players, dtype=bool)
        active[rng.choice(others, size, replace=False)] = True
        for with_i in (False, True):
            for with_j in (False, True):
                active[i], active[j] = with_i, with_j
                total += value(active) if with_i == with_j else -value(active)
    return total / contexts
