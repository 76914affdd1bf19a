"""The farthest pair, again and again: a 2-approximation."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from solvers.base import Kind, Run, solver
from solvers.maxsum.bracket import prove


def pairs_in_turn(distances: NDArray[np.float64], count: int) -> list[tuple[int, int]]:
    """`count` disjoint pairs, each the farthest among the points that are left; ties to the lowest.

    O(n^2) time a pair at worst, O(n^2 + n count) where few points are everybody's farthest.
    """
    n = len(distances)
    left = distances.copy()
    left[np.arange(n), np.arange(n)] = -1.0
    partner = left.argmax(axis=1)
    reach = left[np.arange(n), partner]
    found = []
    for _ in range(count):
        i = int(reach.argmax())
        j = int(partner[i])
        found.append((i, j))
        left[:, [i, j]] = -1.0
        reach[[i, j]] = -np.inf
        stale = np.flatnonzero(np.isin(partner, (i, j)) & np.isfinite(reach))
        partner[stale] = left[stale].argmax(axis=1)
        reach[stale] = left[stale, partner[stale]]
    return found


def completed(distances: NDArray[np.float64], pairs: list[tuple[int, int]], p: int) -> NDArray[np.intp]:
    """The points of the pairs, and if p is odd the point that adds most to them."""
    chosen = [point for pair in pairs for point in pair]
    if len(chosen) < p:
        gain = distances[chosen].sum(axis=0)
        gain[chosen] = -np.inf
        chosen.append(int(gain.argmax()))
    return np.array(chosen, dtype=np.intp)


@solver(
    "farthest-pairs",
    objective="max-sum",
    kind=Kind.APPROXIMATION,
    summary="the farthest pair of what is left, p / 2 times; >= optimum / 2 under a metric",
)
def farthest_pairs(run: Run) -> None:
    """Take the farthest pair and set it aside, p / 2 times; an odd p gets the best last point.

    Guarantee: at least half the optimum under the triangle inequality.  The bound holds for any
    matrix: with w_1 >= w_2 >= .. the distances of the pairs, the i-th pair meets at most 2 p - 4 i + 1
    pairs of an optimal selection that no earlier one met, none longer than w_i, and these numbers sum
    to p (p - 1) / 2 over the pairs taken; so the optimum is at most sum (2 p - 4 i + 1) w_i.  Under
    a metric the selection is worth at least sum (2 k - 2 i + 1) w_i for p = 2 k, and one w_i more for
    p = 2 k + 1, as each later point is joined to both ends of the i-th pair: more than half, term by
    term.

    Source: Hassin, Rubinstein and Tamir, "Approximation algorithms for maximum dispersion", Operations
    Research Letters 21, 1997.
    """
    distances, p = run.instance.distances, run.instance.p
    pairs = pairs_in_turn(np.array(distances), p // 2)
    run.incumbent(completed(distances, pairs, p))
    weights = 2.0 * p - 4.0 * np.arange(1, len(pairs) + 1) + 1.0
    lengths = np.array([distances[i, j] for i, j in pairs])
    if prove(run, float(weights @ lengths)):
        run.message = "closed by the bound of the pairs"
