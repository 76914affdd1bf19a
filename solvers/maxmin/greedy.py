"""Farthest-point greedy, the 2-approximation."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from solvers.base import Kind, Run, solver


def farthest_points(
    distances: NDArray[np.float64] | NDArray[np.int32], start: int, p: int
) -> NDArray[np.intp]:
    """Starting from `start`, p - 1 times add the point farthest from those chosen.

    Parameters
    ----------
    distances : ndarray, shape (n, n)
        Distances or their ranks; only comparisons are made.  Ties go to the lowest index.
    start : int
        The first point.
    p : int
        How many points.

    Returns
    -------
    ndarray of int, shape (p,)
        In the order in which they were chosen.  O(n p) time.
    """
    chosen = np.empty(p, dtype=np.intp)
    chosen[0] = start
    nearest = distances[start].copy()
    lowest = nearest.min() - 1
    nearest[start] = lowest
    for k in range(1, p):
        point = int(nearest.argmax())
        chosen[k] = point
        np.minimum(nearest, distances[point], out=nearest)
        nearest[point] = lowest
    return chosen


@solver(
    "greedy",
    objective="max-min",
    kind=Kind.APPROXIMATION,
    summary="farthest-point insertion from the two farthest points; >= optimum / 2 under a metric",
)
def greedy(run: Run) -> None:
    """Farthest-point insertion from an end of the longest distance.

    Guarantee: at least half the optimum if the distances obey the triangle inequality, and then
    twice the value is reported as the bound.  Without it (``1 - cos``, an arbitrary matrix) no
    constant factor exists unless P = NP, and no bound is reported.

    Source: Ravi, Rosenkrantz and Tayi, "Heuristic and special case algorithms for dispersion
    problems", Operations Research 42(2), 1994, section 3 (GMM).
    """
    distances = run.instance.distances
    start = int(distances.argmax()) // run.instance.n
    run.incumbent(farthest_points(distances, start, run.instance.p))
    if run.instance.is_metric and run.objective is not None:
        rounding = 1.0 + 1e-9  # distances are rounded, so the inequality holds up to that
        run.prove(min(2.0 * run.objective * rounding, float(distances.max())))
        run.message = "bound by the factor 2 of the triangle inequality"
