"""Points without a matrix of distances: farthest points, core-sets, and bounds for all points.

::

    points    farthest-point insertion on points, in memory O(n d)
    thinning  the few points of one block that are kept
    coresets  the union of what all blocks keep, solved, with a bound for all points
"""

from solvers.scale.coresets import CoreSet, core_set, solve_core_set
from solvers.scale.points import farthest_from_points

__all__ = ["CoreSet", "core_set", "farthest_from_points", "solve_core_set"]
