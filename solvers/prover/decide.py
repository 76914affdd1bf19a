"""Decide a probe: tree search and branch and cut race, on one thread by turns."""

from __future__ import annotations

import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

from solvers.kernels.threshold_tabu import ThresholdTabu
from solvers.prover.methods import ALL, Methods
from solvers.prover.probe import Probe
from solvers.prover.start import polish
from solvers.prover.tighten import Tightening, matters, note
from solvers.ranks.bracket import Bracket

_FIRST_EFFORT = 4_000_000  # of the tree search alone: nodes times p, which is what a node costs
_FIRST_SECONDS = 0.2  # turn of a method; later turns are longer
_GROWTH = 1.3
_MOVES = 5e7  # of tabu search, times n, in a second of a turn
_LONGEST_SEARCH = 1.0  # seconds of a turn, where branch and cut is near
_LITTLE, _MUCH, _ALL = 0.25, 0.5, 1.0  # of a turn goes to tightening the bound
_MANY = 2**62


def attempt(bracket: Bracket, probe: Probe) -> None:
    """A short tree search, the same on any machine; most probes need no more."""
    probe.search(_FIRST_EFFORT // bracket.p, lambda: not bracket.open)
    note(bracket, probe)


def decide(bracket: Bracket, probe: Probe, tabu: ThresholdTabu, methods: Methods = ALL) -> None:
    """Pursue the probe just above the incumbent until it is answered, lifted over, or time is up."""
    race = _shared if bracket.run.limits.threads > 1 else _by_turns
    race(bracket, probe, tabu, Tightening(bracket, probe, methods))
    note(bracket, probe)


def _until(bracket: Bracket, probe: Probe, seconds: float) -> Callable[[], bool]:
    """Whether `seconds` are over, or the answer of the probe no longer matters."""
    end = time.perf_counter() + seconds
    return lambda: time.perf_counter() > end or not matters(bracket, probe)


def _share(bound: Tightening, probe: Probe) -> float:
    """The share of a turn to spend on the bound."""
    if bound.estimating:
        return _ALL
    return _LITTLE if probe.promising else _MUCH


def _look_for_more(bracket: Bracket, tabu: ThresholdTabu, turn: float) -> None:
    """Spend a small share of a turn on tabu search, whose moves take O(n)."""
    polish(bracket, tabu, int(turn * _MOVES / len(bracket.ranks) ** 2))


def _by_turns(bracket: Bracket, probe: Probe, tabu: ThresholdTabu, bound: Tightening) -> None:
    turn = _FIRST_SECONDS
    while matters(bracket, probe):
        bound.work(turn * _share(bound, probe))
        probe.search(_MANY, _until(bracket, probe, turn))
        probe.relax(_until(bracket, probe, turn))
        _look_for_more(bracket, tabu, turn)
        turn *= _GROWTH


def _shared(bracket: Bracket, probe: Probe, tabu: ThresholdTabu, bound: Tightening) -> None:
    """All threads search; as long as that is promising one relaxes, later it tightens the bound."""
    stopped = False

    def stop() -> bool:
        return stopped or not matters(bracket, probe)

    def search(seconds: float) -> None:
        over = _until(bracket, probe, seconds)
        probe.search(_MANY, lambda: stopped or over())
        time.sleep(0.002)  # another thread may hold the last branch

    def help_out(relax: bool) -> None:
        if relax:
            probe.relax(stop)
        turn = _FIRST_SECONDS
        while not stop():
            if relax:
                bound.work(2 * turn * _share(bound, probe))
            search(turn)
            turn *= _GROWTH

    threads = bracket.run.limits.threads
    with ThreadPoolExecutor(threads - 1) as pool:
        helpers = [pool.submit(help_out, k == 0) for k in range(threads - 1)]
        turn = _FIRST_SECONDS
        try:
            while not stop():
                if probe.promising:
                    bound.work(turn * _share(bound, probe))
                search(min(turn, _LONGEST_SEARCH) if probe.relaxes_well else turn)
                if probe.relaxes_well:  # until then one thread has to do
                    probe.relax(_until(bracket, probe, turn))
                _look_for_more(bracket, tabu, turn)
                turn *= _GROWTH
        finally:
            stopped = True
    for helper in helpers:
        helper.result()
