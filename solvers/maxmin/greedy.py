"""Farthest-point greedy, the 2-approximation."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from dispersion.arrays.triangles import broken
from dispersion.fixing import Fixed
from solvers.ranks.fair_start import farthest_allowed
from solvers.ranks.start import farthest_points, longest_end
from solvers.registration import Guarantee, solver
from solvers.run import Run

_ROUNDING = 1.0 + 1e-9  # distances are rounded, so the inequality holds up to that


def _compile() -> None:
    import solvers.kernels.farthest  # noqa: F401


def _report_bound_beside_required(
    run: Run, fixed: Fixed, chosen: NDArray[np.intp], value: float
) -> None:
    """No selection exceeds the longest distance; nor, under a metric, twice the value.

    The triangles that the factor rests on are those of two points with the centre that is nearest to
    both; if one breaks the inequality, there is no factor.
    """
    longest = float(run.instance.distances.max())
    run.report_bound(longest)
    if not fixed.whole.is_metric:
        return
    distances = fixed.whole.distances
    centres = np.concatenate([fixed.taken, fixed.points[chosen[:-1]]])
    nearest = centres[distances[np.ix_(centres, fixed.points)].argmin(axis=0)]
    for centre in np.unique(nearest):
        own = fixed.points[nearest == centre]
        way = np.add.outer(distances[own, centre], distances[centre, own])
        if (distances[np.ix_(own, own)] > way * _ROUNDING).any():
            run.message = "no factor: the distances break the triangle inequality"
            return
    run.message = "bound by the factor 2 of the triangle inequality"
    run.report_bound(min(longest, 2.0 * value * _ROUNDING))


def _widest(distances: NDArray[np.float64], centres: NDArray[np.intp]) -> tuple[int, int, int]:
    """The two points farthest apart that are nearest to the same of `centres`, and this one between.

    Of p points two at least are nearest to the same of p - 1 centres, so no selection has a value above
    their distance; under the triangle inequality that is at most twice the distance to the centre.
    """
    nearest = centres[distances[centres].argmin(axis=0)]
    widest = int(centres[0]), int(centres[0]), int(centres[0])
    for centre in np.unique(nearest):
        own = np.flatnonzero(nearest == centre)
        among = distances[np.ix_(own, own)]
        i, k = np.unravel_index(int(among.argmax()), among.shape)
        if among[i, k] > distances[widest[0], widest[2]]:
            widest = int(own[i]), int(centre), int(own[k])
    return widest


@solver(
    "greedy",
    objective="max-min",
    guarantee=Guarantee.APPROXIMATION,
    summary="farthest-point insertion from the two farthest points; >= optimum / 2 under a metric",
    prepare=_compile,
    shares_process=True,
    takes_quotas=True,
    reference="Ravi, Rosenkrantz and Tayi 1994",
)
def greedy(run: Run) -> None:
    """Farthest-point insertion from an end of the longest distance.

    Guarantee: at least half the optimum if the distances obey the triangle inequality, and then
    twice the value is reported as the bound.  All triangles that it rests on are checked; if one
    breaks the inequality, although a metric was declared, the message names it, and the bound is what
    holds without the inequality.  Without a metric (``1 - cos``, an arbitrary matrix) no constant
    factor exists unless P = NP, and no bound is reported.

    Under quotas each point is the farthest of those with which the quotas can still be met.  That has
    no factor; `fair-greedy-flow` has one.

    Where points are required, it begins with two that are farthest apart of those that are left, by
    distances that are no longer than those to required points (see `dispersion.fixing.Fixed`).  The
    factor stays: while fewer than p points are in, balls around them with half the optimum as radius
    hold at most one point of an optimal selection each, so one of these is in none of them.

    Source: Ravi, Rosenkrantz and Tayi, "Heuristic and special case algorithms for dispersion
    problems", Operations Research 42(2), 1994, section 3 (GMM).
    """
    distances = run.instance.distances
    if run.instance.quota:
        run.report_incumbent(farthest_allowed(run.instance))
        run.message = "no factor under quotas, see fair-greedy-flow"
        return
    start = longest_end(distances)
    chosen = farthest_points(distances, start, run.instance.p)
    value = run.report_incumbent(chosen)
    if run.fixed is not None and len(run.fixed.taken):
        _report_bound_beside_required(run, run.fixed, chosen, value)
    elif run.instance.is_metric:
        most = 2.0 * value * _ROUNDING
        i, j, k = _widest(distances, chosen[:-1])
        run.message = "bound by the factor 2 of the triangle inequality"
        if distances[i, k] > most:
            most = float(distances[i, k])
            run.message = f"bound without the triangle inequality, as {broken(distances, i, j, k)}"
        run.report_bound(min(most, float(distances[start].max())))
