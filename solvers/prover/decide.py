"""Decide a probe: tree search and branch and cut race, on one thread by turns."""

from __future__ import annotations

import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

from solvers.prover.bracket import Bracket
from solvers.prover.probe import Probe

_FIRST_NODES = 20_000  # of the tree search alone
_FIRST_SECONDS = 0.2  # turn of a method; later turns are longer
_GROWTH = 1.3
_LITTLE, _MUCH = 0.05, 0.5  # of a turn goes to tightening the bound
_MANY = 2**62


def attempt(bracket: Bracket, probe: Probe) -> None:
    """A short tree search, the same on any machine; most probes need no more."""
    probe.search(_FIRST_NODES, lambda: not bracket.open)
    note(bracket, probe)


def decide(bracket: Bracket, probe: Probe) -> None:
    """Pursue the probe just above the incumbent until it is answered, or time is up."""
    race = _shared if bracket.run.limits.threads > 1 else _by_turns
    race(bracket, probe)
    note(bracket, probe)


def note(bracket: Bracket, probe: Probe) -> None:
    """Move the end of the bracket that the answer of a probe moves."""
    if probe.witness is not None:
        bracket.lift(probe.witness)
    elif probe.answer.refuted:
        bracket.refute(probe.t, probe.answer.value, probe.proof_nodes)


def _until(bracket: Bracket, probe: Probe, seconds: float) -> Callable[[], bool]:
    """Whether `seconds` are over, or the answer of the probe no longer matters."""
    end = time.perf_counter() + seconds
    return lambda: time.perf_counter() > end or not _matters(bracket, probe)


def _matters(bracket: Bracket, probe: Probe) -> bool:
    return probe.open and bracket.open and bracket.low < probe.t <= bracket.high


def _by_turns(bracket: Bracket, probe: Probe) -> None:
    turn = _FIRST_SECONDS
    while _matters(bracket, probe):
        probe.search(_MANY, _until(bracket, probe, turn))
        probe.relax(_until(bracket, probe, turn))
        tighten(bracket, probe, turn * (_LITTLE if probe.promising else _MUCH))
        turn *= _GROWTH


def _shared(bracket: Bracket, probe: Probe) -> None:
    """All threads search; one relaxes first, as long as that is promising, then tightens the bound."""
    stopped = False

    def stop() -> bool:
        return stopped or not _matters(bracket, probe)

    def search(seconds: float) -> None:
        probe.search(_MANY, lambda: stopped or _until(bracket, probe, seconds)())
        time.sleep(0.002)  # another thread may hold the last branch

    def help_out(relax: bool) -> None:
        if relax:
            probe.relax(stop)
        turn = _FIRST_SECONDS
        while not stop():
            search(turn)
            if relax:
                tighten(bracket, probe, 2 * turn * _MUCH)
            turn *= _GROWTH

    threads = bracket.run.limits.threads
    with ThreadPoolExecutor(threads - 1) as pool:
        helpers = [pool.submit(help_out, k == 0) for k in range(threads - 1)]
        turn = _FIRST_SECONDS
        try:
            while not stop():
                search(turn)
                if probe.promising:
                    tighten(bracket, probe, turn * _LITTLE)
                turn *= _GROWTH
        finally:
            stopped = True
    for helper in helpers:
        helper.result()


def tighten(bracket: Bracket, deciding: Probe, seconds: float) -> None:
    """Bisect between the undecided rank and the bound, for about `seconds`."""
    end = time.perf_counter() + seconds
    floor = deciding.t
    while floor < bracket.high and _matters(bracket, deciding) and time.perf_counter() < end:
        middle = (floor + bracket.high + 1) // 2
        probe = Probe(bracket.ranks, middle, bracket.p)
        share = (end - time.perf_counter()) / 2
        if deciding.promising:
            probe.relax(_until(bracket, probe, share))
        probe.search(_MANY, _until(bracket, probe, share))
        note(bracket, probe)
        if bracket.high >= middle:
            floor = middle
