"""The farthest pair, again and again: a 2-approximation."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from solvers.registration import Guarantee, solver
from solvers.run import Run
from solvers.sums.tolerances import report_bound


def pairs_in_turn(
    distances: NDArray[np.float64], count: int, stop: Callable[[], bool] = lambda: False
) -> list[tuple[int, int]]:
    """`count` disjoint pairs, each the farthest among the points that are left; ties to the lowest.

    O(n^2) time a pair at worst, O(n^2 + n count) where few points are everybody's farthest.  There
    are fewer pairs if `stop`, asked before each, says so.
    """
    n = len(distances)
    left = distances.copy()
    left[np.arange(n), np.arange(n)] = -1.0
    partner = left.argmax(axis=1)
    reach = left[np.arange(n), partner]
    pairs: list[tuple[int, int]] = []
    while len(pairs) < count and not stop():
        i = int(reach.argmax())
        j = int(partner[i])
        pairs.append((i, j))
        left[:, [i, j]] = -1.0
        reach[[i, j]] = -np.inf
        stale = np.flatnonzero(np.isin(partner, (i, j)) & np.isfinite(reach))
        partner[stale] = left[stale].argmax(axis=1)
        reach[stale] = left[stale, partner[stale]]
    return pairs


def completed(distances: NDArray[np.float64], pairs: list[tuple[int, int]], p: int) -> NDArray[np.intp]:
    """The points of the pairs, and until they are p, the point that adds most to them."""
    chosen = [point for pair in pairs for point in pair]
    gain = distances[chosen].sum(axis=0)
    gain[chosen] = -np.inf
    while len(chosen) < p:
        chosen.append(int(gain.argmax()))
        gain += distances[chosen[-1]]
        gain[chosen[-1]] = -np.inf
    return np.array(chosen, dtype=np.intp)


@solver(
    "farthest-pairs",
    objective="max-sum",
    guarantee=Guarantee.APPROXIMATION,
    summary="the farthest pair of the points left, p / 2 times; >= optimum / 2 under a metric",
    reference="Hassin, Rubinstein and Tamir 1997",
)
def farthest_pairs(run: Run) -> None:
    """Take the farthest pair and set it aside, p / 2 times; an odd p gets the best last point.

    Guarantee: at least half the optimum under the triangle inequality.  The bound holds for any
    matrix: let w_1 >= w_2 >= .. be the distances of the pairs.  Of the distances of an optimal
    selection, those that the i-th pair meets and none before it are at most w_i, and those that none
    meets at most the last w.  The 2 i points of the first i pairs meet at most as many of them as 2 p -
    4 j + 1 sums to over j <= i; over all pairs that is p (p - 1) / 2, all there are, and the w_i fall,
    so the optimum is at most sum (2 p - 4 i + 1) w_i.  Under a metric the selection is worth at least
    sum (2 k - 2 i + 1) w_i for p = 2 k, and one w_i more for p = 2 k + 1, as each later point is joined
    to both ends of the i-th pair: more than half, term by term.

    Source, as we know it: Hassin, Rubinstein and Tamir, "Approximation algorithms for maximum
    dispersion", Operations Research Letters 21, 1997.
    """
    distances, p = run.instance.distances, run.instance.p
    pairs = pairs_in_turn(np.array(distances), p // 2, lambda: run.seconds_left() == 0.0)
    run.report_incumbent(completed(distances, pairs, p))
    if len(pairs) < p // 2:
        run.message = "out of time before all pairs were found: no bound, and no factor"
        return
    weights = 2.0 * p - 4.0 * np.arange(1, len(pairs) + 1) + 1.0
    lengths = np.array([distances[i, j] for i, j in pairs])
    if report_bound(run, float(weights @ lengths), "pairs"):
        run.message = "closed by the bound of the pairs"
