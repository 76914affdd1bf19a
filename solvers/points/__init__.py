"""Max-min dispersion of up to a million points, from the points alone; `solve_points` puts it together.

::

    problem      what is asked, checked
    rounding     rounded distances, as files of the literature define them
    unit         the unit of squared distances, and what they are worth
    point_set    the distinct points to choose from
    heuristic    good selections, by tabu search on few of the points
    clusters     clusters of points, and which pairs may be far enough apart
    refutations  clusters and pairs of clusters that are in no better selection, for good
    question     one distance: is it reached?
    certificate  what is kept of a proof for those who check it
    record       incumbent, bound and clock
    proof        refute the distance above the incumbent, and meanwhile longer ones
"""

from solvers.points.solve import solve_points

__all__ = ["solve_points"]
