"""Sphere exclusion: first come, first served."""

from __future__ import annotations

import numpy as np

from dispersion.leaders import leaders
from solvers.registration import Guarantee, solver
from solvers.run import Run


@solver(
    "leader",
    objective="packing",
    guarantee=Guarantee.APPROXIMATION,
    summary="sphere exclusion: points in their order, each unless an earlier one is too near",
    shares_process=True,
    reference="Hartigan 1975",
)
def leader(run: Run) -> None:
    """Take the points in their order, each unless one that was taken is too near.

    Guarantee: every point is a leader or too near to one, so that the points of a best selection can be
    shared out among the leaders: none of them gets more than it has conflicts, or more than itself if
    it has none.  The sum of that is reported as the bound, and no point can be added to the leaders.

    Source: the leader algorithm of Hartigan, "Clustering Algorithms", Wiley, 1975.  In chemistry it is
    called sphere exclusion.  The variant of Taylor (Journal of Chemical Information and Computer
    Sciences 35(1), 1995) and Butina (the same, 39(4), 1999) begins with the point that has most
    neighbours, and so makes few large clusters where we want many points.  RDKit's LeaderPicker takes
    the same points as this, if asked for the float below our distance: it excludes a distance that
    equals its threshold.
    """
    instance = run.instance
    assert instance.at_least is not None
    chosen = leaders(instance.distances, instance.at_least, range(instance.n))
    run.report_incumbent(chosen)
    conflicts = (instance.distances[chosen] < instance.at_least).sum(axis=1) - 1  # not with itself
    run.report_bound(min(float(instance.n), float(np.maximum(conflicts, 1).sum())))
    run.message = "bound by the conflicts of the leaders"
