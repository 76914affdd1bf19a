"""Iterated tabu search for the sum of distances."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from solvers.base import Kind, Run, solver
from solvers.maxsum.exchange import climbed, compile_swaps

_PATIENCE = 20  # moves a point in vain before the selection is shaken
_ROUNDS = 20  # shakes in vain before giving up
_SLICE = 500_000  # steps of compiled code between two looks at the clock: some milliseconds


def shaken(
    selected: NDArray[np.intp], n: int, share: float, rng: np.random.Generator
) -> NDArray[np.intp]:
    """The selection with a share of its members, at least one, replaced by random outsiders."""
    p = len(selected)
    count = min(max(1, round(share * p)), n - p)
    stay = rng.permutation(selected)[count:]
    enter = rng.permutation(np.setdiff1d(np.arange(n), selected))[:count]
    return np.concatenate([stay, enter]).astype(np.intp)


def searched(run: Run, rounds: int) -> None:
    """Tabu search from the incumbent, until more than `rounds` shakes in vain."""
    from solvers.kernels.swaps import Tabu

    instance = run.instance
    n, p = instance.n, instance.p
    if n == p or run.selected is None:
        return
    best, value = run.selected, -np.inf
    search = Tabu(instance.distances, best, run.limits.seed)
    vain, moves = 0, max(1, min(_SLICE // n, _PATIENCE * n))
    while vain <= rounds and run.seconds_left() > 0.0:
        search.improve(moves)
        if search.value > value * (1.0 + 1e-12):
            best, value, vain = search.best, search.value, 0
            run.incumbent(best)
        elif search.stalled > _PATIENCE * n:
            vain += 1
            search.restart(shaken(best, n, float(run.rng.uniform(0.1, 0.5)), run.rng))


@solver(
    "tabu",
    objective="max-sum",
    kind=Kind.HEURISTIC,
    summary="tabu search over swaps from greedy, shaken when it stalls; stops after 20 shakes in vain",
    prepare=compile_swaps,
    stochastic=True,
)
def tabu(run: Run) -> None:
    """Best swaps that are not tabu; after 20 n moves in vain, 10 to 50 % of the best are replaced.

    Proves nothing.  The same seed gives the same answer unless the time limit cuts it short.

    Sources: moves and tenures are those of Zhou, Hao and Duval, "Opposition-based memetic search for
    the maximum diversity problem", IEEE Transactions on Evolutionary Computation 21, 2017, but without
    their aspiration: what is tabu is not done.  The frame is that of Palubeckis, "Iterated tabu search
    for the maximum diversity problem", Applied Mathematics and Computation 189, 2007.
    """
    climbed(run)
    searched(run, _ROUNDS)
