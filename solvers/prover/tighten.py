"""Lower the bound from above while the deciding rank is still open."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable

from solvers.prover.methods import ALL, Methods
from solvers.prover.probe import Probe
from solvers.prover.theta import Theta
from solvers.ranks.bracket import Bracket

_FIRST_EFFORT = 1000  # nodes of a probe in the first pass
_STEPS = 64  # of what is open: how fine the theta bounds are
_FEWEST, _MOST = 24, 1500  # points wanted, points there are, for theta: few make it weak, many slow


def note(bracket: Bracket, probe: Probe) -> None:
    """Move the end of the bracket that the answer of a probe moves."""
    if probe.witness is not None:
        bracket.lift(probe.witness)
    elif probe.answer.refuted:
        bracket.refute(probe.t, probe.answer.value, probe.proof_nodes)


def matters(bracket: Bracket, probe: Probe) -> bool:
    """Whether the answer of a probe is unknown and still matters."""
    return probe.open and bracket.open and bracket.low < probe.t <= bracket.high


def theta_pays(bracket: Bracket) -> bool:
    """Whether theta bounds are strong and quick enough."""
    return bracket.p >= _FEWEST and len(bracket.ranks) <= _MOST


class Tightening:
    """Bisection between an undecided rank and the bound: by theta bounds, then by searches.

    Refutations are the cheaper the farther they are above the optimum, so little effort proves much:
    the searches have more nodes in every pass.

    Parameters
    ----------
    bracket : Bracket
        Whose bound it is.
    deciding : Probe
        Just above the incumbent.
    methods : Methods
        Whether theta bounds are used, and how searches branch.
    """

    def __init__(self, bracket: Bracket, deciding: Probe, methods: Methods = ALL) -> None:
        self._bracket, self._deciding, self._methods = bracket, deciding, methods
        self._effort = _FIRST_EFFORT
        self._probes: dict[int, Probe] = {}  # undecided ones, to be resumed
        self._turn = threading.Lock()
        self._theta: Theta | None = None
        if methods.theta and theta_pays(bracket):
            self._theta = Theta(bracket.ranks, bracket.p)
        self._theta_low = deciding.t - 1  # no theta bound refutes this
        self._finest = max(1, (bracket.high - deciding.t) // _STEPS)

    @property
    def estimating(self) -> bool:
        """Whether theta bounds may still help: not where linear relaxations do."""
        return self._theta is not None and not self._deciding.relaxes_well

    def work(self, seconds: float) -> None:
        """Go on for about `seconds`; nothing if another thread is at it."""
        if self._turn.acquire(blocking=False):
            try:
                self._work(time.perf_counter() + seconds)
            finally:
                self._turn.release()

    def _work(self, end: float) -> None:

        def stop() -> bool:
            return time.perf_counter() > end or not matters(self._bracket, self._deciding)

        while self._theta is not None and self.estimating and not stop():
            if self._bracket.high - self._theta_low <= self._finest:
                self._theta = None
            else:
                self._estimate(self._theta, stop)
        while not stop() and self._deciding.t < self._bracket.high:
            self._pass(stop)
            if not stop():
                self._effort *= 2

    def _estimate(self, theta: Theta, stop: Callable[[], bool]) -> None:
        """A theta bound halfway between what none refutes and the bound."""
        middle = (self._theta_low + self._bracket.high + 1) // 2
        answer = theta.refute(middle, stop)
        if answer is None:
            return
        if answer.refuted:
            self._bracket.refute(middle, answer.value)
        else:
            self._theta_low = middle

    def _pass(self, stop: Callable[[], bool]) -> None:
        floor, bracket = self._deciding.t, self._bracket
        while floor < bracket.high and not stop():
            middle = (floor + bracket.high + 1) // 2
            probe = self._probes.pop(middle, None) or self._methods.probe(bracket, middle)
            self._pursue(probe, stop)
            note(bracket, probe)
            if probe.open:
                floor = middle
                self._probes[middle] = probe
        self._probes = {t: probe for t, probe in self._probes.items() if t <= bracket.high}

    def _pursue(self, probe: Probe, stop: Callable[[], bool]) -> None:
        begun = time.perf_counter()
        probe.search(self._effort - probe.nodes, stop)
        if self._deciding.promising:
            end = 2 * time.perf_counter() - begun
            probe.relax(lambda: stop() or time.perf_counter() > end)
