"""Tabu search on the threshold, with moves in O(n)."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from dispersion.parameters import whole
from solvers.ranks.start import degree_bound, farthest_points, longest_end
from solvers.registration import Guarantee, solver
from solvers.run import Run

_DOUBT = 50  # moves a point in vain before asking whether anything better exists
_DOUBT_NODES = 1000
_SLICE = 4_000_000  # steps of compiled code between two looks at the clock: a few milliseconds


def _compile() -> None:
    import solvers.kernels.farthest
    import solvers.kernels.threshold_tabu
    import solvers.prover.probe  # noqa: F401


@solver(
    "tabu",
    objective="max-min",
    guarantee=Guarantee.HEURISTIC,
    summary="tabu search for p points above a rising threshold, from greedy; stops if hopeless",
    prepare=_compile,
    stochastic=True,
    shares_process=True,
    takes_start=True,
    reference="Porumbel, Hao and Glover 2011",
)
def tabu(run: Run, *, patience: int = 20_000, restarts: int = 0) -> None:
    """Swap the member in most conflict for the outsider in least, and raise the bar at success.

    Starts from farthest-point greedy, or a better selection that is given, and proves nothing.  It
    stops at the time limit, after `patience` n moves without improvement, or early where that is
    hopeless: at the bound by degrees, or if after 50 n such moves a clique search of 1,000 nodes shows
    that nothing better exists.  After that it begins again up to `restarts` times, from greedy with a
    random first point, unless it was shown that nothing better exists.  The same seed gives the same
    answer unless the time limit cuts it short.

    Sources: Porumbel, Hao and Glover, "A simple and effective algorithm for the MaxMin diversity
    problem", Annals of Operations Research 186, 2011 (drop-add with simple tabu); Wu and Hao, Journal
    of Combinatorial Optimization 26, 2013 (tabu search for a clique of given size).  The turns that
    two costs of a conflict take are ours; see `solvers.kernels.threshold_tabu`.
    """
    patience, again = whole(patience, "patience", 1, 2**31), whole(restarts, "restarts", 0, 2**31)
    ranks, p = np.array(run.instance.ranks), run.instance.p
    run.report_incumbent(farthest_points(ranks, longest_end(ranks), p))
    assert run.selected is not None
    start, seed = run.selected, run.limits.seed
    while _search(run, ranks, start, seed, patience) and again > 0:
        again -= 1
        start = farthest_points(ranks, int(run.rng.integers(len(ranks))), p)
        run.report_incumbent(start)
        seed = int(run.rng.integers(2**31))


def _search(
    run: Run, ranks: NDArray[np.int32], start: NDArray[np.intp], seed: int, patience: int
) -> bool:
    """Search from one selection until that stalls; returns whether anything better may exist."""
    from solvers.kernels.threshold_tabu import ThresholdTabu
    from solvers.prover.probe import Probe

    n, p = run.instance.n, run.instance.p
    search = ThresholdTabu(ranks, start, seed)
    ceiling, slice_ = degree_bound(ranks, p), max(1, _SLICE // n)
    moves, last, value, asked = 0, 0, search.value, False
    while value < ceiling and moves - last < patience * n and run.seconds_left() > 0:
        selected = search.improve(ceiling, slice_)
        moves += slice_
        if search.value > value:
            run.report_incumbent(selected)  # kept if no search before found a better one
            last, value, asked = moves, search.value, False
        elif not asked and moves - last >= _DOUBT * n:
            asked = True
            doubt = Probe(ranks, value + 1, p)
            doubt.search(_DOUBT_NODES, lambda: run.seconds_left() == 0)
            if doubt.answer.refuted:
                return False
    return value < ceiling and run.seconds_left() > 0
