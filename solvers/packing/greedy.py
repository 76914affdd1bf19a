"""Greedy by degree: the point that is too near to the fewest others comes next."""

from __future__ import annotations

import numpy as np

from solvers.prover.conflicts import fewest_conflicts
from solvers.ranks.threshold import APART, threshold_ranks
from solvers.registration import Guarantee, solver
from solvers.run import Run


def _compile() -> None:
    import solvers.kernels.colouring  # noqa: F401


@solver(
    "greedy",
    objective="packing",
    guarantee=Guarantee.APPROXIMATION,
    summary="the point that excludes the fewest of those left comes next; and a bound by cliques",
    prepare=_compile,
    shares_process=True,
    reference="Halldorsson and Radhakrishnan 1997",
)
def greedy(run: Run) -> None:
    """Take the point that excludes the fewest of those left, drop these, and so on.

    Guarantee: at least 3 / (c + 2) of the optimum if no point excludes more than c >= 1 others.  The
    bound that is reported is mostly better than this factor: points that all exclude each other have
    at most one in the selection, so sets of such points, found greedily as colour classes of the points
    that do not, bound it by how many they are.

    Source: Halldorsson and Radhakrishnan, "Greed is good: approximating independent sets in sparse and
    bounded-degree graphs", Algorithmica 18, 1997.
    """
    from solvers.kernels.bitset import adjacency
    from solvers.kernels.colouring import colours

    n, ranks = run.instance.n, threshold_ranks(run.instance)
    run.report_incumbent(fewest_conflicts(ranks == 0))
    run.report_bound(float(n))
    run.report_bound(float(colours(adjacency(ranks, np.arange(n), APART), n)), "colouring")
