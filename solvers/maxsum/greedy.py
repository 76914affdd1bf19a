"""Greedy insertion for the sum of distances."""

from __future__ import annotations

from solvers.registration import Guarantee, solver
from solvers.run import Run
from solvers.sums.fair_start import insertion_allowed
from solvers.sums.swaps import insertion


@solver(
    "greedy",
    objective="max-sum",
    guarantee=Guarantee.APPROXIMATION,
    summary="insertion of the point that adds most, from the two farthest points",
    shares_process=True,
    takes_quotas=True,
    reference="Ravi, Rosenkrantz and Tayi 1994",
)
def greedy(run: Run) -> None:
    """Insert the point that adds most to the sum; reports no bound.

    Under a metric the value is at least 1/4 of the optimum (Ravi, Rosenkrantz and Tayi, "Heuristic and
    special case algorithms for dispersion problems", Operations Research 42, 1994), and by a closer
    analysis at least 1/2 (Birnbaum and Goldman, "An improved analysis for a greedy remote-clique
    algorithm using factor-revealing LPs", APPROX 2006 and Algorithmica 55, 2009), who may start from
    any point: the second is then the farthest from it, so from one end of the longest distance, ours.

    Under quotas each point is the one that adds most of those with which the quotas can still be met,
    and there is no factor.
    """
    if run.instance.quota:
        run.report_incumbent(insertion_allowed(run.instance))
        run.message = "no factor under quotas"
        return
    run.report_incumbent(insertion(run.instance.distances, run.instance.p))
