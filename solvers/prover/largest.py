"""The most points without conflict: a probe for one more than is known, again and again."""

from __future__ import annotations

import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import numpy as np
from numpy.typing import NDArray

from solvers.kernels.bitset import adjacency, core_order
from solvers.kernels.colouring import colours
from solvers.kernels.threshold_tabu import ThresholdTabu
from solvers.prover.conflicts import fewest_conflicts
from solvers.prover.probe import Probe
from solvers.prover.theta import ThetaBound
from solvers.ranks.threshold import APART, graded

_MOVES = 20  # of tabu search, a point, for one more than is known
_SLICE = 2  # moves a point between two looks at the clock
_FIRST_EFFORT = 4_000_000  # of the tree search alone: nodes times p, which is what a node costs
_FIRST_SECONDS = 0.2  # turn of a method; later turns are longer
_GROWTH = 1.3
_FIRST_NODES = 1000  # of a probe above, in the first pass
_FEWEST, _MOST = 24, 1500  # points wanted, points there are, for theta: few make it weak, many slow
_THETA_STEPS, _THETA_ROUND = 240, 10
_LITTLE, _ALL = 0.25, 1.0  # of a turn goes to tabu search, or to the bound
_MANY = 2**62

Stop = Callable[[], bool]


class Largest:
    """How many points can be chosen without conflict, between two ends that approach each other.

    Parameters
    ----------
    ranks : ndarray of int32, shape (m, m), C-contiguous
        `APART`, 0 for a conflict, -1 on the diagonal (see `solvers.ranks.threshold`).
    distances : ndarray of float64, shape (m, m)
        Of the same points; they only say where to branch.
    seed : int
        Of the tabu search.
    changed : callable
        Called with this whenever an end has moved.
    known : ndarray of int, optional
        Points without conflict, to begin with where greedy finds fewer.

    Attributes
    ----------
    selected : ndarray of int
        The best selection so far.
    high : int
        No selection has more points.
    by : str
        What proved that, as in `dispersion.solution.Refutation`; "" if nothing was needed.
    proof_nodes : int or None
        Nodes of the search that proved it, where there was one.
    nodes, linear_nodes : int
        Nodes of the tree searches, and of branch and cut.
    """

    def __init__(
        self,
        ranks: NDArray[np.int32],
        distances: NDArray[np.float64],
        seed: int,
        changed: Callable[[Largest], None],
        known: NDArray[np.intp] | None = None,
    ) -> None:
        self._ranks, self._distances, self._seed, self._changed = ranks, distances, seed, changed
        self._conflicts = ranks == 0
        self._graded: tuple[NDArray[np.int32], int] | None = None
        self._above: dict[int, Probe] = {}  # undecided ones, to be resumed
        self._effort = _FIRST_NODES
        self._theta: ThetaBound | None = None
        self._tabu: ThresholdTabu | None = None  # for one point more than is known
        greedy = fewest_conflicts(self._conflicts)
        self.selected = greedy if known is None else max(greedy, known, key=len)
        self.high, self.by = len(ranks), ""
        self.proof_nodes: int | None = None
        self.nodes = self.linear_nodes = 0

    @property
    def low(self) -> int:
        """How many points the best selection has."""
        return len(self.selected)

    @property
    def open(self) -> bool:
        """Whether more points might be found."""
        return self.low < self.high

    def start(self, stop: Stop) -> None:
        """A bound by colours, then tabu search as long as it finds more."""
        if not self.open:
            return
        order = core_order(self._ranks, APART, 1)
        self._lower(colours(adjacency(self._ranks, order, APART), self.high), "colouring")
        while self.open and not stop() and self._polished(_MOVES, stop):
            pass

    def _polished(self, moves: int, stop: Stop) -> bool:
        """Whether tabu search, which goes on where it was, finds one point more; moves are a point."""
        if self._tabu is None:
            outside = np.setdiff1d(np.arange(len(self._ranks)), self.selected)
            self._tabu = ThresholdTabu(self._ranks, np.append(self.selected, outside[0]), self._seed)
        for _ in range(moves // _SLICE):
            if stop():
                return False
            found = self._tabu.improve(APART, _SLICE * len(self._ranks))
            if self._tabu.value >= APART:
                self._lift(found)
                return True
        return False

    def _lift(self, found: NDArray[np.intp] | NDArray[np.int64]) -> None:
        """Take a selection, and all points that fit beside it, if that makes it the best."""
        whole = fewest_conflicts(self._conflicts, np.asarray(found, dtype=np.intp))
        if len(whole) > self.low:
            self.selected, self._tabu = whole, None
            self._changed(self)

    def _lower(self, most: int, by: str, nodes: int | None = None) -> None:
        """Take a bound, if it is the best."""
        if most < self.high:
            self.high, self.by, self.proof_nodes = most, by, nodes
            self._changed(self)

    def pursue(self, stop: Stop, threads: int = 1) -> None:
        """Go on until the ends have met, or `stop` says so."""
        while self.open and not stop():
            probe = self._above.pop(self.low + 1, None) or self._probe(self.low + 1)
            probe.search(_FIRST_EFFORT // (self.low + 1), stop)
            self._note(probe)
            turn = _FIRST_SECONDS
            while probe.open and self.low < probe.p <= self.high and not stop():
                self._turn(probe, turn, stop, threads)
                turn *= _GROWTH
            self.nodes += probe.nodes
            self.linear_nodes += probe.linear_nodes

    def _probe(self, p: int) -> Probe:
        if self._graded is None:
            self._graded = graded(self._ranks, self._distances)
        return Probe(*self._graded, p)

    def _turn(self, probe: Probe, seconds: float, stop: Stop, threads: int) -> None:
        """A turn of everything: branch and cut, tree search, the bound, and tabu search."""

        def until(share: float) -> Stop:
            end = time.perf_counter() + share * seconds
            return lambda: time.perf_counter() > end or stop()

        for method in (probe.relax, lambda over: probe.search(_MANY, over)):
            if probe.open:
                _by_all(threads, method, until(_ALL))
            self._note(probe)
        if probe.open:
            self._tighten(probe, until(_LITTLE if probe.promising else _ALL))
        if self.open:
            self._polished(_MANY, until(_LITTLE))

    def _note(self, probe: Probe) -> None:
        """Move the end that the answer of a probe moves, or the relaxation of an undecided one."""
        if probe.witness is not None:
            self._lift(probe.witness)
        elif probe.answer.refuted:
            self._lower(probe.p - 1, probe.answer.value, probe.proof_nodes)
        elif probe.most is not None:
            self._lower(probe.most, "cover")

    def _tighten(self, probe: Probe, stop: Stop) -> None:
        """Bring the bound down: by theta, then by searches for more points than `probe` wants."""
        if not probe.relaxes_well and self._estimates(stop):
            return
        while not stop() and self.low < probe.p < self.high:
            floor = probe.p
            while self.low < probe.p <= floor < self.high and not stop():
                middle = (floor + self.high + 1) // 2
                above = self._above.get(middle) or self._probe(middle)
                above.search(self._effort - above.nodes, stop)
                self._note(above)
                if above.open:
                    floor = middle
                    self._above[middle] = above
            self._above = {p: one for p, one in self._above.items() if self.low < p <= self.high}
            self._effort *= 2

    def _estimates(self, stop: Stop) -> bool:
        """Spend the time on theta as long as that pays; whether it does."""
        m = len(self._ranks)
        if self.low < _FEWEST or m > _MOST:
            return False
        if self._theta is None:
            self._theta = ThetaBound(self._conflicts, np.eye(m) / m, np.zeros((m, m)))
        theta, pays = self._theta, True
        while pays and theta.steps < _THETA_STEPS and not stop():
            theta.improve()
            if theta.steps % _THETA_ROUND == 0:
                most = int(theta.value())
                if most < self.high and theta.refutes(most + 1):
                    self._lower(most, "theta")
                pays = not theta.hopeless(self.high)
        return pays and theta.steps < _THETA_STEPS


def _by_all(threads: int, method: Callable[[Stop], None], stop: Stop) -> None:
    """Call a method that threads may share, in all of them, and wait for the last."""
    if threads == 1:
        method(stop)
        return
    ended = False
    with ThreadPoolExecutor(threads - 1) as pool:
        helpers = [pool.submit(method, lambda: ended or stop()) for _ in range(threads - 1)]
        try:
            method(stop)
        finally:
            ended = True
        for helper in helpers:
            helper.result()
