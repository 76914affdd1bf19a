"""Tabu search on the threshold, with moves in O(n)."""

from __future__ import annotations

import numpy as np

from solvers.base import Kind, Run, solver
from solvers.maxmin.greedy import farthest_points


def _compile() -> None:
    import solvers.kernels.farthest
    import solvers.kernels.tabu_search  # noqa: F401


@solver(
    "tabu",
    objective="max-min",
    kind=Kind.HEURISTIC,
    summary="drop-add tabu search for p points above a rising threshold, from the greedy start",
    prepare=_compile,
)
def tabu(run: Run) -> None:
    """Swap the member in most conflicts for the outsider in fewest, and raise the bar at success.

    Starts from farthest-point greedy, makes 200 n moves and proves nothing.  The same seed gives the
    same answer unless the time limit cuts it short.

    Sources: Porumbel, Hao and Glover, "A simple and effective algorithm for the MaxMin diversity
    problem", Annals of Operations Research 186, 2011 (drop-add with simple tabu); Wu and Hao, Journal
    of Combinatorial Optimization 26, 2013 (tabu search for a clique of given size).
    """
    from solvers.kernels.tabu_search import Tabu

    instance = run.instance
    ranks = np.array(instance.ranks)
    start = farthest_points(ranks, int(ranks.argmax()) // instance.n, instance.p)
    run.incumbent(start)
    search = Tabu(ranks, start, run.limits.seed)
    ceiling = len(instance.levels) - 1
    for _ in range(20):
        if run.seconds_left() == 0.0:
            return
        run.incumbent(search.improve(ceiling, 10 * instance.n))
