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
_SIDE_SHARE = 0.05  # of the time goes to tightening the bound
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
    """Whether `seconds` are over, or the probe needs no more work."""
    end = time.perf_counter() + seconds

    def stop() -> bool:
        over = time.perf_counter() > end or not probe.open
        return over or not bracket.open

    return stop


def _by_turns(bracket: Bracket, probe: Probe) -> None:
    turn = _FIRST_SECONDS
    while probe.open and bracket.open:
        probe.search(_MANY, _until(bracket, probe, turn))
        probe.relax(_until(bracket, probe, turn))
        tighten(bracket, probe, turn * _SIDE_SHARE)
        turn *= _GROWTH


def _shared(bracket: Bracket, probe: Probe) -> None:
    """One thread searches and tightens the bound, one relaxes while promising, others search."""
    stopped = False

    def stop() -> bool:
        return stopped or not probe.open or bracket.run.seconds_left() == 0

    def help_out(relax: bool) -> None:
        if relax:
            probe.relax(stop)
        while not stop():
            probe.search(_MANY, stop)
            time.sleep(0.005)  # nothing to take at present

    threads = bracket.run.limits.threads
    with ThreadPoolExecutor(threads - 1) as pool:
        helpers = [pool.submit(help_out, k == 0) for k in range(threads - 1)]
        turn = _FIRST_SECONDS
        try:
            while not stop() and bracket.open:
                end = time.perf_counter() + turn
                while time.perf_counter() < end and not stop():
                    probe.search(_MANY, _until(bracket, probe, turn))
                    time.sleep(0.001)
                tighten(bracket, probe, turn * _SIDE_SHARE)
                turn *= _GROWTH
        finally:
            stopped = True
    for helper in helpers:
        helper.result()


def tighten(bracket: Bracket, deciding: Probe, seconds: float) -> None:
    """Bisect between the undecided rank and the bound, for about `seconds`."""
    end = time.perf_counter() + seconds
    open_, incumbent = bracket.low + 1, bracket.low
    while bracket.low == incumbent and open_ < bracket.high and time.perf_counter() < end:
        middle = (open_ + bracket.high + 1) // 2
        probe = Probe(bracket.ranks, middle, bracket.p)
        share = (end - time.perf_counter()) / 2
        if deciding.promising:
            probe.relax(_until(bracket, probe, share))
        probe.search(_MANY, _until(bracket, probe, share))
        note(bracket, probe)
        if bracket.high >= middle:
            open_ = middle
