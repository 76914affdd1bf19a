"""Sphere exclusion: first come, first served."""

from __future__ import annotations

import numpy as np

from dispersion.leaders import leaders
from solvers.ranks.threshold import APART, threshold_ranks
from solvers.registration import Guarantee, solver
from solvers.run import Run


@solver(
    "leader",
    objective="packing",
    guarantee=Guarantee.APPROXIMATION,
    summary="sphere exclusion: points in their order, each unless an earlier one is too near",
    shares_process=True,
    reference="Taylor 1995, Butina 1999",
)
def leader(run: Run) -> None:
    """Take the points in their order, each unless one that was taken is too near.

    Guarantee: every point is a leader or too near to one, so that the points of a best selection can be
    shared out among the leaders: none of them gets more than it has conflicts, or more than itself if
    it has none.  The sum of that is reported as the bound, and no point can be added to the leaders.

    Sources: Taylor, "Simulation analysis of experimental design strategies for screening random
    compounds as potential new drugs and agrochemicals", Journal of Chemical Information and Computer
    Sciences 35(1), 1995; Butina, "Unsupervised data base clustering based on Daylight's fingerprint and
    Tanimoto similarity", the same 39(4), 1999 (who begins with the points that have most neighbours).
    RDKit's LeaderPicker takes the same points, if asked for a threshold just below ours: it excludes a
    distance that equals the threshold.
    """
    instance = run.instance
    assert instance.at_least is not None
    chosen = leaders(instance.distances, instance.at_least, range(instance.n))
    run.report_incumbent(chosen)
    conflicts = (threshold_ranks(instance)[chosen] == APART - 1).sum(axis=1)
    run.report_bound(min(float(instance.n), float(np.maximum(conflicts, 1).sum())))
    run.message = "bound by the conflicts of the leaders"
