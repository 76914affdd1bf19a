"""Our prover: bisection over distances, each answered by a bitset clique search."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from solvers.base import Kind, Run, solver
from solvers.maxmin.greedy import farthest_points
from solvers.maxmin.window import degree_bound

if TYPE_CHECKING:
    from solvers.kernels.probe import Probe

_FIRST_BUDGET = 200_000  # nodes for the deciding probe before the bound gets its turn
_SIDE_SHARE = 50  # a bound-tightening probe gets this fraction of the deciding one
_SLICE_SECONDS = 0.05  # how long compiled code may run before the clock is read


def _compile() -> None:
    import solvers.kernels.probe
    import solvers.kernels.tabu_search  # noqa: F401


class _Bracket:
    """The rank of the incumbent (`low`) and of the bound (`high`), and the run they belong to."""

    def __init__(self, run: Run) -> None:
        self.run = run
        self.p = run.instance.p
        self.ranks = np.array(run.instance.ranks)
        self.low = -1
        self.high = len(run.instance.levels) - 1
        self._slice = 64
        self.nodes = 0

    def lift(self, selected: NDArray[np.intp] | NDArray[np.int64]) -> None:
        """Raise `low` to what `selected` realises."""
        self.run.incumbent(selected)
        pairs = self.ranks[np.ix_(selected, selected)][np.triu_indices(self.p, k=1)]
        self.low = max(self.low, int(pairs.min()))

    def lower(self, high: int) -> None:
        """Bring `high` down to a proven rank."""
        if high < self.high:
            self.high = high
            self.run.prove(float(self.run.instance.levels[high]))

    def pursue(self, probe: Probe, nodes: int) -> None:
        """Search `probe` for up to `nodes` more nodes or until time is up, and note the answer."""
        from solvers.kernels.probe import Answer

        stop = probe.nodes + nodes
        while probe.answer is Answer.OPEN and probe.nodes < stop and self.run.seconds_left() > 0:
            before, begun = probe.nodes, time.perf_counter()
            asked = min(self._slice, stop - before)
            probe.search(asked)
            self.nodes += probe.nodes - before
            quick = time.perf_counter() - begun < _SLICE_SECONDS
            self._slice = asked * 2 if quick else max(1, asked // 2)
        if probe.witness is not None:
            self.lift(probe.witness)
        elif probe.answer.refuted:
            self.lower(probe.t - 1)


def _start(bracket: _Bracket) -> None:
    """Greedy, cheap bounds, then tabu search until it meets the bound or its moves are up."""
    from solvers.kernels.tabu_search import Tabu

    ranks, p = bracket.ranks, bracket.p
    first = farthest_points(ranks, int(ranks.argmax()) // len(ranks), p)
    bracket.lift(first)
    bracket.run.prove(float(bracket.run.instance.levels[bracket.high]))
    bracket.lower(degree_bound(ranks, p))
    _colouring_bound(bracket)
    search = Tabu(ranks, first, bracket.run.limits.seed)
    for _ in range(10):
        if bracket.low >= bracket.high or bracket.run.seconds_left() == 0:
            return
        bracket.lift(search.improve(bracket.high, 2 * len(ranks)))


def _colouring_bound(bracket: _Bracket) -> None:
    """Bisect for the lowest rank that core or colouring refute."""
    from solvers.kernels.probe import cheap_answer

    low, high = bracket.low, bracket.high
    while low < high and bracket.run.seconds_left() > 0:
        middle = (low + high + 1) // 2
        if cheap_answer(bracket.ranks, middle, bracket.p).refuted:
            high = middle - 1
        else:
            low = middle
    bracket.lower(high)


def _tighten(bracket: _Bracket, nodes: int) -> None:
    """Bisect between the undecided rank and the bound, with few nodes a probe."""
    from solvers.kernels.probe import Probe

    open_, incumbent = bracket.low + 1, bracket.low
    while bracket.low == incumbent and open_ < bracket.high and bracket.run.seconds_left() > 0:
        middle = (open_ + bracket.high + 1) // 2
        bracket.pursue(Probe(bracket.ranks, middle, bracket.p), nodes)
        if bracket.high >= middle:
            open_ = middle


@solver(
    "clique",
    objective="max-min",
    kind=Kind.EXACT,
    summary="our branch and bound: bitset clique search on ranks, with reductions",
    prepare=_compile,
)
def clique(run: Run) -> None:
    """Prove the optimum by asking, for a rank t, whether p points are pairwise at rank >= t.

    That is a clique of size p in the threshold graph.  Greedy and tabu search give the incumbent,
    degrees and colourings the bound.  Then the rank above the incumbent is probed: a witness lifts
    the incumbent to its realised distance, a refutation ends the proof.  While that probe is
    undecided, cheaper probes further up tighten the bound, so [incumbent, bound] is valid and useful
    whenever the solve is stopped.

    Each probe peels the (p-1)-core, removes dominated points and takes universal ones
    (`solvers.kernels.reductions`), then searches (`solvers.kernels.clique_search`).

    Runs on one thread.  The same seed gives the same optimum; which of several optimal selections
    is returned depends on the seed, and on the clock only if it runs out.
    """
    from solvers.kernels.probe import Probe

    with run.building():
        bracket = _Bracket(run)
    _start(bracket)
    budget = _FIRST_BUDGET
    probe: Probe | None = None
    while bracket.low < bracket.high and run.seconds_left() > 0:
        if probe is None or probe.t != bracket.low + 1:
            probe = Probe(bracket.ranks, bracket.low + 1, bracket.p)
        bracket.pursue(probe, budget)
        if probe.t == bracket.low + 1 and bracket.low < bracket.high:
            _tighten(bracket, max(1, budget // _SIDE_SHARE))
            budget *= 2
    run.message = f"{bracket.nodes} nodes"
