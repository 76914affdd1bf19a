"""Tabu search on the threshold, with moves in O(n)."""

from __future__ import annotations

import numpy as np

from solvers.base import Kind, Run, solver
from solvers.maxmin.greedy import farthest_points
from solvers.maxmin.window import degree_bound

_PATIENCE = 1000  # moves a point without improvement, at least
_SLICE = 4_000_000  # steps of compiled code between two looks at the clock: a few milliseconds


def _compile() -> None:
    import solvers.kernels.tabu_search  # noqa: F401


@solver(
    "tabu",
    objective="max-min",
    kind=Kind.HEURISTIC,
    summary="tabu search for p points above a rising threshold, from greedy; stops when stalled",
    prepare=_compile,
)
def tabu(run: Run) -> None:
    """Swap the member in most conflict for the outsider in least, and raise the bar at success.

    Starts from farthest-point greedy and proves nothing.  Stops at the bound by degrees, at the time
    limit, or once it has made both 1000 n moves and twice the moves the incumbent took without
    finding a better one.  The same seed gives the same answer unless the time limit cuts it short.

    Sources: Porumbel, Hao and Glover, "A simple and effective algorithm for the MaxMin diversity
    problem", Annals of Operations Research 186, 2011 (drop-add with simple tabu); Wu and Hao, Journal
    of Combinatorial Optimization 26, 2013 (tabu search for a clique of given size).  The turns that
    two costs of a conflict take are ours; see `solvers.kernels.tabu_search`.
    """
    from solvers.kernels.tabu_search import Tabu

    n, p = run.instance.n, run.instance.p
    ranks = np.array(run.instance.ranks)
    start = farthest_points(ranks, int(ranks.argmax()) // n, p)
    run.incumbent(start)
    search = Tabu(ranks, start, run.limits.seed)
    ceiling, slice_ = degree_bound(ranks, p), max(1, _SLICE // n)
    moves, found, value = 0, 0, search.value
    while value < ceiling and moves - found < max(_PATIENCE * n, 2 * found) and run.seconds_left() > 0:
        selected = search.improve(ceiling, slice_)
        moves += slice_
        if search.value > value:
            run.incumbent(selected)
            found, value = moves, search.value
