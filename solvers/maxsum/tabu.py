"""Iterated tabu search for the sum of distances."""

from __future__ import annotations

from dispersion.parameters import whole
from solvers.registration import Guarantee, solver
from solvers.run import Run
from solvers.sums.swaps import climb_from_greedy, compile_swaps, search_from_incumbent


@solver(
    "tabu",
    objective="max-sum",
    guarantee=Guarantee.HEURISTIC,
    summary="tabu search over swaps from greedy, shaken when it stalls; stops after idle shakes",
    prepare=compile_swaps,
    stochastic=True,
    takes_start=True,
    reference="Palubeckis 2007",
)
def tabu(run: Run, *, shakes: int = 20) -> None:
    """Best swaps that are not tabu; after 20 n idle moves, 10 to 50 % of the best are replaced.

    It stops after `shakes` such replacements without improvement.

    Proves nothing.  The same seed gives the same answer unless the time limit cuts it short.

    Sources: moves and tenures are those of Zhou, Hao and Duval, "Opposition-based memetic search for
    the maximum diversity problem", IEEE Transactions on Evolutionary Computation 21, 2017, but without
    their aspiration: a tabu move is never made.  The frame is that of Palubeckis, "Iterated tabu search
    for the maximum diversity problem", Applied Mathematics and Computation 189, 2007.
    """
    shakes = whole(shakes, "shakes", 1, 2**31)
    climb_from_greedy(run)
    search_from_incumbent(run, shakes)
