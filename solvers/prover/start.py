"""The first incumbent and the first bounds, in little time."""

from __future__ import annotations

from solvers.kernels.threshold_tabu import ThresholdTabu
from solvers.prover.reduction import cheap_answer
from solvers.prover.spectrum import refuted_by_spectrum
from solvers.ranks.bracket import Bracket
from solvers.ranks.start import degree_bound, farthest_points, longest_end

_SLICE = 2  # moves a point between two looks at the clock
_FIRST_MOVES = 20  # a point: enough where optima are easy to find


def start(bracket: Bracket) -> ThresholdTabu:
    """Greedy, degrees and colours, then a little tabu search, which is returned to be continued."""
    ranks, p = bracket.ranks, bracket.p
    known = bracket.run.selected
    if known is not None:
        bracket.lift(known)
    first = farthest_points(ranks, longest_end(ranks), p)
    bracket.lift(first)
    bracket.run.report_bound(float(bracket.run.instance.levels[bracket.high]))
    bracket.refute(degree_bound(ranks, p) + 1, "degrees")
    _colouring_bound(bracket)
    search = resumed(bracket, ThresholdTabu(ranks, first, bracket.run.limits.seed))
    polish(bracket, search, _FIRST_MOVES)
    return search


def resumed(bracket: Bracket, search: ThresholdTabu) -> ThresholdTabu:
    """The search, begun again from the incumbent if another method has found a better one."""
    selected = bracket.run.selected
    if search.value >= bracket.low or selected is None:
        return search
    return ThresholdTabu(bracket.ranks, selected, bracket.run.limits.seed)


def polish(bracket: Bracket, search: ThresholdTabu, moves: int) -> bool:
    """Tabu search for up to `moves` moves a point, or until it meets the bound; whether it lifted."""
    before = bracket.low
    for _ in range(moves // _SLICE):
        if not bracket.open:
            break
        selected = search.improve(bracket.high, _SLICE * len(bracket.ranks))
        if search.value > bracket.low:
            bracket.lift(selected)
    return bracket.low > before


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


def spectral_bound(bracket: Bracket) -> None:
    """Bisect for the lowest rank that eigenvalues refute, to a hundredth of what is open."""
    low = bracket.low
    finest = max(1, (bracket.high - low) // 100)
    while bracket.high - low > finest and bracket.run.seconds_left() > 0:
        middle = (low + bracket.high + 1) // 2
        if refuted_by_spectrum(bracket.ranks, middle, bracket.p):
            bracket.refute(middle, "spectrum")
        else:
            low = middle
