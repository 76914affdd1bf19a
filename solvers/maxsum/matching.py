"""The heaviest matching of p / 2 pairs: a 2-approximation."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from solvers.maxsum.farthest_pairs import completed, farthest_pairs
from solvers.registration import Guarantee, solver
from solvers.run import Run
from solvers.sums.scaling import scaled
from solvers.sums.tolerances import report_bound


def _load() -> None:
    import networkx  # noqa: F401


def heaviest_matching(
    run: Run, weights: NDArray[np.int64], count: int
) -> tuple[list[tuple[int, int]], int]:
    """`count` disjoint pairs of the largest sum, and the sum; stops by `TimeUp`.

    The perfect matchings of a graph with n - 2 count more points, each joined to all others by edges
    of weight 0, are the matchings of `count` pairs.  networkx checks the optimum of whole weights by
    its duals.
    """
    import networkx as nx

    class Clocked(nx.Graph):  # type: ignore[misc]
        """A graph that looks at the clock whenever the algorithm looks at a point."""

        def neighbors(self, n: Any) -> Any:
            run.check_time()
            return super().neighbors(n)

    n = len(weights)
    graph = Clocked()
    for i in range(n):
        run.check_time()
        row = weights[i].tolist()
        graph.add_weighted_edges_from((i, j, row[j]) for j in range(i + 1, n))
        graph.add_weighted_edges_from((i, n + k, 0) for k in range(n - 2 * count))
    matched = nx.max_weight_matching(graph, maxcardinality=True)
    pairs = sorted((min(i, j), max(i, j)) for i, j in matched if max(i, j) < n)
    return pairs, sum(int(weights[i, j]) for i, j in pairs)


@solver(
    "matching",
    objective="max-sum",
    guarantee=Guarantee.APPROXIMATION,
    summary="the heaviest p / 2 disjoint pairs, by networkx; >= optimum / 2 under a metric; O(n^3)",
    prepare=_load,
    by_default=False,
    reference="Hassin, Rubinstein and Tamir 1997",
)
def matching(run: Run) -> None:
    """Choose the ends of a heaviest matching of p / 2 pairs; an odd p gets the best last point.

    Guarantee: at least half the optimum under the triangle inequality.  The bound holds for any
    matrix: the pairs of p points fall into p - 1 perfect matchings if p is even, into p matchings that
    leave out one point if p is odd, and none is worth more than the heaviest, M.  Under a metric the
    four distances between two pairs are worth at least both pairs together, so the selection is worth
    at least p M / 2, or (p + 1) M / 2 if p is odd.

    Begins with `farthest_pairs`, which stands if time runs out: networkx is plain Python and takes
    minutes for some hundreds of points.  Weights are rounded up to whole numbers of a tiny step, so
    the bound holds to the last bit.

    Source, as we know it: Hassin, Rubinstein and Tamir, "Approximation algorithms for maximum
    dispersion", Operations Research Letters 21, 1997.
    """
    farthest_pairs(run)
    if run.proven():
        return
    instance = run.instance
    p, (steps, step) = instance.p, scaled(instance)
    pairs, weight = heaviest_matching(run, steps, p // 2)
    run.report_incumbent(completed(instance.distances, pairs, p))
    bound = weight * step * (p - 1 if p % 2 == 0 else p)
    report_bound(run, bound if run.bound is None else min(bound, run.bound), "matching")
