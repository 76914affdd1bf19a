"""Steepest-ascent exchange for the sum of distances."""

from __future__ import annotations

from solvers.registration import Guarantee, solver
from solvers.run import Run
from solvers.sums.swaps import climb_from_greedy, compile_swaps


@solver(
    "exchange",
    objective="max-sum",
    guarantee=Guarantee.HEURISTIC,
    summary="best swap of a chosen for another point, until none improves, from the greedy start",
    prepare=compile_swaps,
    shares_process=True,
    takes_start=True,
    takes_quotas=True,
    reference="Gallego et al. 2009",
)
def exchange(run: Run) -> None:
    """Swap the pair that gains most until no swap gains; carrying out a swap costs O(n).

    The 1-swap neighbourhood of Gallego, Duarte, Laguna and Marti, Computational Optimization and
    Applications 44, 2009.  Stops in a local optimum; deterministic.  Under quotas only those swaps are
    made that keep them; where groups share no point, a local optimum is then at least half the optimum
    under a metric (Abbassi, Mirrokni and Thakur, KDD 2013, for matroids).
    """
    climb_from_greedy(run)
