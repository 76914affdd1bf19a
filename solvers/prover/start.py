"""The first incumbent and the first bounds, in little time."""

from __future__ import annotations

from solvers.kernels.tabu_search import Tabu
from solvers.maxmin.greedy import farthest_points
from solvers.maxmin.window import degree_bound
from solvers.prover.bracket import Bracket
from solvers.prover.reduction import cheap_answer

_TABU_ROUNDS = 10


def start(bracket: Bracket) -> None:
    """Greedy, degrees and colours, then tabu search until it meets the bound or its moves are up."""
    ranks, p = bracket.ranks, bracket.p
    first = farthest_points(ranks, int(ranks.argmax()) // len(ranks), p)
    bracket.lift(first)
    bracket.run.prove(float(bracket.run.instance.levels[bracket.high]))
    bracket.refute(degree_bound(ranks, p) + 1, "degrees")
    _colouring_bound(bracket)
    search = Tabu(ranks, first, bracket.run.limits.seed)
    for _ in range(_TABU_ROUNDS):
        if not bracket.open:
            return
        bracket.lift(search.improve(bracket.high, 2 * len(ranks)))


def _colouring_bound(bracket: Bracket) -> None:
    """Bisect for the lowest rank that core or colouring refute."""
    low = bracket.low
    while low < bracket.high and bracket.run.seconds_left() > 0:
        middle = (low + bracket.high + 1) // 2
        answer = cheap_answer(bracket.ranks, middle, bracket.p)
        if answer.refuted:
            bracket.refute(middle, answer.value)
        else:
            low = middle
